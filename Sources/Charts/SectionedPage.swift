/// A page of sections under a head, with links to them: HTML with its style, its few lines of script and its charts inside.
package struct SectionedPage {
    private let title: String
    private let generator: String
    private let style: Markup
    private let head: Markup
    private var sections: [(id: String, title: String, body: Markup)] = []

    /// - Parameters:
    ///   - title: Of the window.
    ///   - style: What is added to ``PageStyle``.
    ///   - head: Above the links to the sections.
    package init(title: String, generator: String = "Tutti", style: Markup = "", head: Markup) {
        self.title = title
        self.generator = generator
        self.style = style
        self.head = head
    }

    /// Adds a section of those parts that there are; none where there are no parts.
    package mutating func add(_ id: String, _ title: String, _ parts: [Markup?]) {
        let parts = parts.compactMap { $0 }
        if !parts.isEmpty { sections.append((id, title, parts.joined())) }
    }

    /// The page as text, to be written as UTF-8.
    package var source: String {
        let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
        let bodies = sections.map { "<section id=\"\($0.id)\"><h2>\($0.title)</h2>\n\($0.body)</section>\n" as Markup }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta name="generator" content="\(generator)">
            <title>\(title)</title>
            <style>\(PageStyle.sheet)\(style)</style></head>
            <body><main>
            \(head)<nav aria-label="Contents"><ul>\(links.joined())</ul></nav>
            \(bodies.joined())</main>
            <div id="tip" hidden></div><script>\(PageStyle.script)</script></body></html>

            """
        return page.source
    }
}
