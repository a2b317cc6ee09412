import Charts

/// A page of sections under a head, with links to them: HTML with its style, its few lines of script and its charts inside.
struct SectionedPage {
    /// A word over the title: what kind of thing the page shows.
    let kicker: String
    let title: String
    let facts: Markup
    let tiles: Markup
    private var sections: [(id: String, title: String, body: Markup)] = []

    init(kicker: String, title: String, facts: Markup, tiles: Markup = "") {
        self.kicker = kicker
        self.title = title
        self.facts = facts
        self.tiles = tiles
    }

    /// Adds a section of those parts that there are; none where there are no parts.
    mutating func add(_ id: String, _ title: String, _ parts: [Markup?]) {
        let parts = parts.compactMap { $0 }
        if !parts.isEmpty { sections.append((id, title, parts.joined())) }
    }

    /// The page as text, to be written as UTF-8.
    var source: String {
        let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
        let bodies = sections.map { "<section id=\"\($0.id)\"><h2>\($0.title)</h2>\n\($0.body)</section>\n" as Markup }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta name="generator" content="Tutti">
            <title>\(title) – Tutti \(kicker.lowercased())</title>
            <style>\(PageStyle.sheet)\(StudyStyle.sheet)</style></head>
            <body><main>
            <header><p class="kicker">\(kicker)</p><h1>\(title)</h1>\(facts)</header>
            \(tiles)<nav aria-label="Contents"><ul>\(links.joined())</ul></nav>
            \(bodies.joined())</main>
            <div id="tip" hidden></div><script>\(PageStyle.script)</script></body></html>

            """
        return page.source
    }
}
