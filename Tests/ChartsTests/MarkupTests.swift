import ChartTesting
import Testing

@testable import Charts

@Suite struct MarkupTests {
    @Test func interpolatedTextIsEscapedAndMarkupIsNot() {
        let name = "<b a='\"'>&"
        let inner: Markup = "<i>\(name)</i>"
        let outer: Markup = "<p>\(inner) \(3) \(1.25)</p>"
        #expect(outer.source == "<p><i>&lt;b a=&#39;&quot;&#39;&gt;&amp;</i> 3 1.3</p>")
    }

    @Test(arguments: [(1.0, "1"), (-0.04, "0"), (-2.55, "-2.6"), (0.96, "1"), (.nan, "0"), (.infinity, "0"), (1e300, "100000")])
    func coordinatesAreShortAndFinite(value: Double, text: String) { #expect(Markup.coordinate(value) == text) }

    @Test func longNamesKeepBothEnds() {
        #expect("abcdefghij".shortened(to: 5) == "ab…ij")
        #expect("abc".shortened(to: 5) == "abc")
    }

    @Test func theCheckerSeesWhatIsWrong() {
        #expect(MarkupChecker("<p>a</p>").problems.isEmpty)
        for page in ["<p>a", "<p>a & b</p>", "<p>a<b</p>", "<p><b></p></b>", "<p id=\"x\"></p><p id=\"x\"></p>", "<p x=\"NaN\"></p>"] {
            #expect(!MarkupChecker(page).problems.isEmpty, "\(page)")
        }
    }
}
