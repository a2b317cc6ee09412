// StudyStores
