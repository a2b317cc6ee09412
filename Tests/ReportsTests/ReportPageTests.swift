import ChartTesting
import Foundation
import Reports
import Testing

@Suite struct ReportPageTests {
    private func check(_ content: ReportContent, _ name: String = "") -> String {
        let page = ReportPage.html(for: content)
        let checker = MarkupChecker(page)
        #expect(checker.problems == [], "\(name)")
        return page
    }

    @Test func anOrdinaryRunGivesEverySection() {
        let page = check(.sample)
        let start = ["scores", "score-and-cost", "ensembles", "outcome", "search-over-time"]
        for id in start + ["models", "placement", "failures", "next", "details"] {
            #expect(page.contains("<section id=\"\(id)\">"), "\(id)")
        }
        #expect(page.contains("out of memory"))
        #expect(page.contains("tutti serve runs/flowers"))
        #expect(page.contains("learning_rate"))
    }

    @Test func thePicturesOfTheSearchAreLinkedWhereThereAreAny() {
        #expect(!ReportPage.html(for: .sample).contains("All pictures of the search"))
        var content = ReportContent.sample
        content.header.studyPage = "./study \"1\".html"
        #expect(check(content).contains("<a href=\"./study &quot;1&quot;.html\">"))
    }

    @Test func thePageLoadsNothingFromElsewhere() {
        let page = ReportPage.html(for: .sample)
        for word in ["http:", "https:", " src=", "@import", "url(", "<link"] { #expect(!page.contains(word), "\(word)") }
    }

    @Test func everyDrawingHasATitleAndADescription() {
        let page = ReportPage.html(for: .sample)
        let drawings = page.components(separatedBy: "<svg class=\"chart").dropFirst()
        #expect(drawings.count == 8)
        for drawing in drawings {
            #expect(drawing.contains("<title id="))
            #expect(drawing.contains("<desc id="))
            #expect(drawing.prefix(200).contains("role=\"img\""))
        }
    }

    @Test func theSameContentGivesTheSamePage() {
        let pages = Set((0..<4).map { _ in ReportPage.html(for: .sample) })
        #expect(pages.count == 1)
    }

    @Test func contentSurvivesJSON() throws {
        let encoded = try JSONEncoder().encode(ReportContent.sample)
        #expect(try JSONDecoder().decode(ReportContent.self, from: encoded) == .sample)
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "a & b", "\"quoted\" 'twice'", "</title></style></script>", "-->", "]]>", "\u{0}\u{1}\u{8}\u{9F}",
        "\u{202E}reversed", String(repeating: "very long name ", count: 400), "", "名前 🎻", "line\nfeed", "a\\b${c}`d`",
    ])
    func namesNeverBecomeMarkup(name: String) {
        let page = check(Self.named(name), name.shortenedForTest)
        #expect(!page.contains("<script>alert"))
        #expect(!page.contains("\u{202E}"))
        #expect(!page.contains("\u{0}"))
    }

    @Test func aPathForTheShellIsQuoted() {
        var content = ReportContent.sample
        content.header.runPath = "my run/it's"
        #expect(ReportPage.html(for: content).contains("tutti serve &#39;my run/it&#39;\\&#39;&#39;s&#39;"))
        content.header.runPath = "-rf"
        #expect(ReportPage.html(for: content).contains("tutti serve ./-rf<"))
    }

    /// The sample with one name in every place where a user's text can stand.
    private static func named(_ name: String) -> ReportContent {
        var content = ReportContent.sample
        content.header = .sample(metric: .init(id: name, title: name, higherIsBetter: false), name: name)
        content.header.commandLine = name
        content.header.data.task = name
        content.header.data.target = name
        content.header.effort.machine = name
        content.header.version = name
        content.header.finished = name
        for index in content.trials.indices {
            content.trials[index].learner = name
            content.trials[index].configuration = [.init(name, name)]
            content.trials[index].failure = name
        }
        for index in content.models.indices { (content.models[index].id, content.models[index].learner) = (name, name) }
        content.bestModel = name
        for index in content.ensembles.indices {
            content.ensembles[index].name = name
            content.ensembles[index].members = [.init(id: name, weight: 1), .init(id: name + "2", weight: 1)]
        }
        content.allocation?.ensemble = name
        content.allocation?.devices = [name, name]
        content.allocation?.models = [name, name]
        content.outcome = .classification(.init(classes: [name, name, name], counts: [[1, 2, 3], [1, 2, 3], [1, 2, 3]]))
        content.scores.metrics = [.init(id: name, title: name, higherIsBetter: true)]
        content.scores.rows = [.init(name: name, values: [1]), .init(name: name, values: [])]
        return content
    }
}

extension String {
    fileprivate var shortenedForTest: String { String(prefix(40)) }
}
