import Charts

extension SectionedPage {
    /// A page on studies.
    ///
    /// - Parameter kicker: A word over the title: what kind of thing the page shows.
    init(kicker: String, title: String, facts: Markup, tiles: Markup = "") {
        self.init(
            title: "\(title) – Tutti \(kicker.lowercased())", style: StudyStyle.sheet,
            head: "<header><p class=\"kicker\">\(kicker)</p><h1>\(title)</h1>\(facts)</header>\n\(tiles)")
    }
}
