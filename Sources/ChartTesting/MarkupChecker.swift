import Foundation

/// Reads a page as strictly as XML would, so that a name that breaks out of its place is seen.
package struct MarkupChecker {
    package private(set) var problems: [String] = []
    package private(set) var text = ""
    package private(set) var ids: [String] = []
    private var open: [String] = []
    private var scalars: [Unicode.Scalar]
    private var place = 0
    private static let void: Set<String> = ["meta", "br", "link", "img"]

    package init(_ page: String) {
        scalars = Array(page.unicodeScalars)
        while place < scalars.count, problems.count < 5 { step() }
        if !open.isEmpty { problems.append("never closed: \(open)") }
        for (id, uses) in Dictionary(grouping: ids, by: { $0 }) where uses.count > 1 {
            problems.append("id \(id) is used \(uses.count) times")
        }
    }

    private mutating func step() {
        guard scalars[place] == "<" else {
            if scalars[place] == ">" { problems.append("a bare > near \(near)") }
            if scalars[place] == "&", !isReference { problems.append("a bare & near \(near)") }
            text.unicodeScalars.append(scalars[place])
            place += 1
            return
        }
        let start = place
        var quote: Unicode.Scalar?
        place += 1
        while place < scalars.count, quote != nil || scalars[place] != ">" {
            let scalar = scalars[place]
            if scalar == quote { quote = nil } else if quote == nil, scalar == "\"" { quote = scalar }
            if scalar == "<" { problems.append("a bare < near \(near)") }
            place += 1
        }
        guard place < scalars.count else { return problems.append("a tag without end") }
        read(tag: string(start + 1, place))
        place += 1
    }

    private mutating func read(tag: String) {
        if tag.hasPrefix("!") { return }
        if tag.hasPrefix("/") {
            let name = String(tag.dropFirst())
            if open.last == name { open.removeLast() } else { problems.append("</\(name)> closes \(open.last ?? "nothing") near \(near)") }
            return
        }
        let name = String(tag.prefix { !$0.isWhitespace && $0 != "/" })
        if name.isEmpty || !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) { problems.append("tag <\(tag)>") }
        if let id = tag.range(of: " id=\"") { ids.append(String(tag[id.upperBound...].prefix { $0 != "\"" })) }
        for word in ["NaN", "nan", "inf", "Optional("] where tag.contains("\"\(word)") { problems.append("\(word) in <\(tag)>") }
        if tag.hasSuffix("/") || Self.void.contains(name) { return }
        if name == "script" || name == "style" { skip(to: "</\(name)>") } else { open.append(name) }
    }

    private mutating func skip(to end: String) {
        let wanted = Array(end.unicodeScalars)
        while place + wanted.count < scalars.count, Array(scalars[(place + 1)...(place + wanted.count)]) != wanted { place += 1 }
        place += wanted.count
    }

    private var isReference: Bool { ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].contains { string(place, place + $0.count) == $0 } }
    private var near: String { string(place - 40, place + 40) }

    private func string(_ from: Int, _ to: Int) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars[max(from, 0)..<max(min(to, scalars.count), max(from, 0))])
        return result
    }
}
