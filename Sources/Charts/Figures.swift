import Foundation

/// Numbers as people read them. Whatever is not finite is a dash.
package enum Figures {
    package static let missing = "–"

    /// Significant digits without trailing noise: `0.9123`, `12.35`, `1,234,567`, `3.2·10⁻⁷`.
    package static func value(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return missing }
        let size = abs(value)
        if size == 0 { return "0" }
        if size >= 1e7 || size < 1e-4 { return scientific(value, digits: digits > 4 ? digits - 1 : min(digits, 3)) }
        return fixed(value, decimals: max(0, digits - 1 - Int(log10(size).rounded(.down))))
    }

    /// A fixed number of decimals, thousands separated by commas.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return missing }
        guard abs(value) < 1e15 else { return scientific(value, digits: 3) }
        let plain = String(format: "%.\(min(max(decimals, 0), 12))f", value)
        let negative = plain.hasPrefix("-")
        let parts = (negative ? String(plain.dropFirst()) : plain).split(separator: ".", omittingEmptySubsequences: false)
        let whole = grouped(String(parts[0]))
        let text = parts.count > 1 ? whole + "." + parts[1] : whole
        let isZero = text.allSatisfy { "0.,".contains($0) }
        return negative && !isZero ? "−" + text : text
    }

    /// Without the zeros at the end: `27`, `0.25`.
    package static func plain(_ value: Double) -> String { plain(value, digits: 4) }

    package static func plain(_ value: Double, digits: Int) -> String {
        let text = Figures.value(value, digits: digits)
        guard text.contains("."), text.allSatisfy({ $0.isNumber || ".,−".contains($0) }) else { return text }
        let short = text.reversed().drop { $0 == "0" }
        return String(short.first == "." ? String(short.dropFirst().reversed()) : String(short.reversed()))
    }

    /// Significant digits that tell the values of one column apart, at least four; values that agree in nine are as good as equal.
    package static func digits(for values: [Double]) -> Int {
        let distinct = Set(values.filter(\.isFinite))
        return (4..<9).first { digits in Set(distinct.map { plain($0, digits: digits) }).count == distinct.count } ?? (distinct.isEmpty ? 4 : 9)
    }

    /// Decimals that tell the values of one column apart, the same for all of them: four digits of the middle
    /// value, more where all are close.
    package static func decimals(for values: [Double]) -> Int {
        let finite = values.filter { Axis.isDrawable($0) && $0 != 0 }
        guard let high = finite.max(), let low = finite.min() else { return 2 }
        let middle = finite.map { abs($0) }.sorted()[(finite.count - 1) / 2]
        var decimals = min(max(3 - exponent(middle), 0), 6)
        if high > low, middle < 1e4 { decimals = max(decimals, min(1 - exponent(high - low), 6)) }
        return decimals
    }

    /// A value of such a column; what is far larger than the others has fewer decimals.
    package static func inColumn(_ value: Double, decimals: Int) -> String {
        guard abs(value) < 1e7, value == 0 || abs(value) >= 1e-5 else { return Figures.value(value) }
        return fixed(value, decimals: abs(value) < 10 ? decimals : min(decimals, max(0, 5 - exponent(abs(value)))))
    }

    package static func count(_ value: Int) -> String { (value < 0 ? "−" : "") + grouped(String(value.magnitude)) }

    /// `1 model`, `3 models`.
    package static func count(_ value: Int, _ noun: String, _ plural: String? = nil) -> String {
        count(value) + " " + (value == 1 ? noun : plural ?? noun + "s")
    }

    /// A short time in the unit that suits it.
    package static func milliseconds(_ ms: Double) -> String {
        guard ms.isFinite else { return missing }
        if ms == 0 { return "0 ms" }
        if abs(ms) < 1e-3 { return value(ms * 1e6, digits: 2) + " ns" }
        if abs(ms) < 1 { return value(ms * 1e3, digits: abs(ms) < 0.1 ? 2 : 3) + " µs" }
        return abs(ms) < 1000 ? value(ms, digits: abs(ms) < 10 ? 2 : 3) + " ms" : value(ms / 1000, digits: 3) + " s"
    }

    /// A length of time: `350 ms`, `4.2 s`, `4 min 12 s`, `1 h 3 min`, `2 d 4 h`.
    package static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return missing }
        if seconds == 0 { return "0 s" }
        if seconds < 1 { return milliseconds(seconds * 1000) }
        if seconds < 60 { return value(seconds, digits: seconds < 10 ? 2 : 3) + " s" }
        guard seconds < 1e9 else { return scientific(seconds, digits: 2) + " s" }
        let whole = Int(seconds.rounded())
        let (large, small, names) =
            whole < 3600
            ? (whole / 60, whole % 60, ("min", "s"))
            : whole < 86_400 ? (whole / 3600, whole % 3600 / 60, ("h", "min")) : (whole / 86_400, whole % 86_400 / 3600, ("d", "h"))
        return small == 0 ? "\(large) \(names.0)" : "\(large) \(names.0) \(small) \(names.1)"
    }

    package static func bytes(_ bytes: Int) -> String { scaled(Double(bytes), base: "B", units: ["kB", "MB", "GB", "TB", "PB"]) }
    package static func operations(_ count: Int) -> String { scaled(Double(count), base: "", units: ["k", "M", "G", "T", "P"]) }

    /// Three digits, the others 0.
    package static func rate(_ perSecond: Double) -> String {
        guard Axis.isDrawable(perSecond), abs(perSecond) >= 1000 else { return value(perSecond, digits: 3) }
        let unit = pow(10, log10(abs(perSecond)).rounded(.down) - 2)
        return value((perSecond / unit).rounded() * unit, digits: 3)
    }

    package static func percent(_ share: Double) -> String {
        guard share.isFinite, abs(share) < 1e6 else { return missing }
        return fixed(share * 100, decimals: share == 0 || share == 1 ? 0 : 1) + "%"
    }

    private static func scaled(_ value: Double, base: String, units: [String]) -> String {
        var value = value
        var unit = base
        for next in units where abs(value) >= 999.5 {
            value /= 1000
            unit = next
        }
        let text = unit == base ? fixed(value, decimals: 0) : Figures.value(value, digits: abs(value) < 10 ? 2 : 3)
        return unit.isEmpty ? text : text + " " + unit
    }

    private static func exponent(_ value: Double) -> Int { Int(log10(value).rounded(.down)) }

    private static func scientific(_ value: Double, digits: Int) -> String {
        let parts = String(format: "%.\(max(digits - 1, 0))e", value).split(separator: "e")
        guard parts.count == 2, let power = Int(parts[1]) else { return missing }
        let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let raised = String(String(power.magnitude).compactMap { $0.wholeNumberValue.map { superscripts[$0] } })
        return parts[0].replacingOccurrences(of: "-", with: "−") + "·10" + (power < 0 ? "⁻" : "") + raised
    }

    private static func grouped(_ digits: String) -> String {
        guard digits.count > 3 else { return digits }
        var result = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }
}
