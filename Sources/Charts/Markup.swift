/// A piece of HTML or SVG, written as a string literal.
///
/// What stands in the literal is markup; what is interpolated as a `String` is text and is escaped. So user text cannot become markup
/// by forgetting a call. A `Double` is a coordinate: one decimal, always finite.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
    package private(set) var source: String

    package init(stringLiteral value: String) { source = value }
    package init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }
    package init() { source = "" }

    package struct StringInterpolation: StringInterpolationProtocol {
        package var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity + interpolationCount * 8) }
        package mutating func appendLiteral(_ literal: String) { source += literal }
        package mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
        package mutating func appendInterpolation(_ text: String) { source += escaped(text) }
        package mutating func appendInterpolation(_ number: Int) { source += String(number) }
        package mutating func appendInterpolation(_ coordinate: Double) { source += Markup.coordinate(coordinate) }
    }

    package static func += (markup: inout Markup, more: Markup) { markup.source += more.source }
    package static func + (one: Markup, other: Markup) -> Markup {
        var sum = one
        sum += other
        return sum
    }

    package var isEmpty: Bool { source.isEmpty }

    /// One decimal, no exponent; 0 for what is not a number, clamped to what a drawing can hold.
    package static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let tenths = Int((min(max(value, -100_000), 100_000) * 10).rounded())
        let whole = abs(tenths) / 10
        let rest = abs(tenths) % 10
        return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
    }
}

extension Sequence<Markup> {
    package func joined(_ separator: String = "") -> Markup {
        var sum = Markup()
        var first = true
        for piece in self {
            if !first { sum += Markup(stringLiteral: separator) }
            sum += piece
            first = false
        }
        return sum
    }
}

/// Text for an element or a quoted attribute. Control characters, which HTML cannot hold, become U+FFFD; line feeds and tabs stay.
package func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\n", "\t": result.unicodeScalars.append(scalar)
        case _ where scalar.value < 32 || (127..<160).contains(scalar.value) || isDirectional(scalar): result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Marks that turn the direction of the text after them: a name must not reorder the page around it.
private func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
    (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}

extension String {
    /// At most `length` characters, the middle replaced by an ellipsis: both ends of an id tell something.
    package func shortened(to length: Int) -> String {
        guard length >= 3, count > length else { return self }
        let tail = (length - 1) / 2
        return prefix(length - 1 - tail) + "…" + suffix(tail)
    }

    /// As much of the text as fits a width in pixels, the middle replaced by an ellipsis.
    package func fitted(to pixels: Double, fontSize: Double) -> String {
        var length = count
        while length > 4, shortened(to: length).width(fontSize: fontSize) > pixels { length -= 1 }
        return shortened(to: length)
    }

    /// Width in pixels in the page's font, estimated: SVG cannot measure before it is drawn.
    package func width(fontSize: Double) -> Double {
        var units = 0.0
        for scalar in unicodeScalars {
            switch scalar {
            case "i", "l", "j", ".", ",", ":", "'", "|", "I", " ", "f", "t", "r": units += 0.36
            case "m", "w", "M", "W", "%": units += 0.86
            case "A"..."Z": units += 0.68
            case "0"..."9": units += 0.64
            default: units += scalar.value < 0x1100 ? 0.58 : 1.05
            }
        }
        return units * fontSize
    }
}
