import ArgumentParser
import Foundation

/// A duration as people type it: `90s`, `5m`, `1h30m`, `250ms`; a bare number is seconds.
struct TimeSpan: CustomStringConvertible, Sendable {
    var seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    /// As the help shows a default: `5m`, `20s`.
    var description: String {
        seconds >= 60 && seconds.truncatingRemainder(dividingBy: 60) == 0 ? "\(Int(seconds / 60))m" : "\(seconds.formatted())s"
    }

    /// - Throws: `ValidationError` that says how a time is written.
    init(parsing argument: String) throws {
        func wrong() -> ValidationError { ValidationError("a time above 0 is expected, such as 90s, 5m, 1h30m or 250ms") }
        let units: [(String, Double)] = [("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1)]
        if let plain = Double(argument) {
            guard plain > 0, plain.isFinite else { throw wrong() }
            seconds = plain
            return
        }
        var total = 0.0
        var rest = Substring(argument.lowercased())
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let value = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.0) }) else { throw wrong() }
            total += value * unit.1
            rest = rest.dropFirst(unit.0.count)
        }
        guard total > 0, total.isFinite else { throw wrong() }
        seconds = total
    }
}

/// An amount of memory as people type it: `500MB`, `2GiB`, `1.5g`; a bare number is bytes.
struct ByteCount: ExpressibleByArgument, Sendable {
    var bytes: Int

    init?(argument: String) {
        let text = argument.lowercased()
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let units: [String: Double] = [
            "": 1, "b": 1, "k": 1e3, "kb": 1e3, "kib": 1024, "m": 1e6, "mb": 1e6, "mib": 1_048_576, "g": 1e9, "gb": 1e9, "gib": 1_073_741_824,
        ]
        guard let value = Double(digits), value > 0, let unit = units[String(text.dropFirst(digits.count))], value * unit < 1e18 else { return nil }
        bytes = Int(value * unit)
    }
}
