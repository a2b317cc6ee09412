// TuttiTesting
