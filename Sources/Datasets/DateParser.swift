/// Dates from bytes.
enum DateParser {
    /// Seconds since 1970-01-01 00:00 UTC of an ISO 8601 date `yyyy-mm-dd`, with an optional time `Thh:mm[:ss[.fff]]` (or a space
    /// for the T)
    /// and an optional zone `Z` or `±hh[:]mm`; without a zone, UTC. nil where the bytes are something else.
    static func parse(_ p: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard count >= 10, p[4] == 0x2d, p[7] == 0x2d,
            let year = number(p, 4), let month = number(p + 5, 2), let day = number(p + 8, 2),
            let days = days(year: year, month: month, day: day)
        else { return nil }
        let midnight = Double(days) * 86_400
        if count == 10 { return midnight }
        guard p[10] == 0x54 || p[10] == 0x74 || p[10] == 0x20 else { return nil }
        return parseTime(p + 11, count - 11).map { midnight + $0 }
    }

    private static func parseTime(_ p: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard count >= 5, p[2] == 0x3a, let hour = number(p, 2), let minute = number(p + 3, 2), hour <= 24, minute < 60 else { return nil }
        var seconds = Double(hour * 3600 + minute * 60)
        var i = 5
        if i < count, p[i] == 0x3a {
            guard count >= i + 3, let second = number(p + i + 1, 2), second <= 60 else { return nil }
            seconds += Double(second)
            i += 3
            if i < count, p[i] == 0x2e || p[i] == 0x2c {
                i += 1
                let start = i
                var scale = 0.1
                while i < count, p[i] &- 0x30 < 10 {
                    seconds += Double(p[i] &- 0x30) * scale
                    scale /= 10
                    i += 1
                }
                if i == start { return nil }
            }
        }
        guard let zone = parseZone(p + i, count - i) else { return nil }
        return seconds - zone
    }

    /// Seconds east of UTC.
    private static func parseZone(_ p: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        if count == 0 || (count == 1 && p[0] | 0x20 == 0x7a) { return 0 }
        guard p[0] == 0x2b || p[0] == 0x2d, count >= 3, let hours = number(p + 1, 2), hours <= 18 else { return nil }
        var minutes = 0
        if count > 3 {
            let start = p[3] == 0x3a ? 4 : 3
            guard count == start + 2, let got = number(p + start, 2), got < 60 else { return nil }
            minutes = got
        }
        let seconds = Double(hours * 3600 + minutes * 60)
        return p[0] == 0x2d ? -seconds : seconds
    }

    private static func number(_ p: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        var value = 0
        for i in 0..<count {
            guard p[i] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(p[i] &- 0x30)
        }
        return value
    }

    /// Days since 1970-01-01 in the Gregorian calendar, or nil for a day that there is not.
    static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1, day <= length(month: month, year: year) else { return nil }
        // The year begins in March so that the leap day is its last.
        let y = month <= 2 ? year - 1 : year
        let m = month <= 2 ? month + 9 : month - 3
        let leapDays = floorDivide(y, 4) - floorDivide(y, 100) + floorDivide(y, 400)
        let daysBeforeMonth = (153 * m + 2) / 5
        // 719468 days lie between 0000-03-01 and 1970-01-01.
        return y * 365 + leapDays + daysBeforeMonth + day - 1 - 719_468
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

    private static func length(month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// ISO 8601 text of seconds since 1970-01-01 UTC: a day where the time is midnight, else a day and a time.
    static func text(_ seconds: Double) -> String {
        // The years 0 to 9999, which four digits write.
        guard seconds >= -62_167_219_200, seconds < 253_402_300_800 else { return "" }
        let whole = Int(seconds.rounded(.down))
        let day = floorDivide(whole, 86_400)
        let second = whole - day * 86_400
        let fraction = seconds - Double(whole)
        // The inverse of `days`, again with years from March.
        let z = day + 719_468
        let era = floorDivide(z, 146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let m = (5 * dayOfYear + 2) / 153
        let month = m < 10 ? m + 3 : m - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * m + 2) / 5 + 1, 2))"
        if second == 0 && fraction == 0 { return date }
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        if fraction == 0 { return "\(date)T\(time)" }
        let milliseconds = Int((fraction * 1000).rounded(.down))
        return "\(date)T\(time).\(padded(milliseconds, 3))"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// A date pattern as ARFF files declare it: letters `yyyy MM dd HH mm ss`, other characters stand for themselves.
struct DateFormat: Sendable {
    private enum Part {
        case field(Character, Int)
        case literal(UInt8)
    }

    private var parts: [Part] = []
    /// The pattern as it was given.
    let pattern: String

    /// nil where the pattern has a letter that is not read.
    init?(_ pattern: String) {
        self.pattern = pattern
        var isQuoted = false
        for character in pattern {
            if character == "'" {
                isQuoted.toggle()
            } else if !isQuoted && character.isLetter {
                guard "yMdHms".contains(character) else { return nil }
                if case .field(let last, let count) = parts.last, last == character {
                    parts[parts.count - 1] = .field(last, count + 1)
                } else {
                    parts.append(.field(character, 1))
                }
            } else {
                parts += character.utf8.map { .literal($0) }
            }
        }
    }

    /// Seconds since 1970-01-01 00:00 UTC, or nil where the bytes do not fit the pattern.
    func parse(_ p: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        var fields: [Character: Int] = ["y": 1970, "M": 1, "d": 1, "H": 0, "m": 0, "s": 0]
        var i = 0
        for part in parts {
            switch part {
            case .literal(let byte):
                guard i < count, p[i] == byte else { return nil }
                i += 1
            case .field(let name, let width):
                let start = i
                var value = 0
                // A single letter takes as many digits as there are, several letters take that many.
                while i < count, p[i] &- 0x30 < 10, i - start < (width == 1 ? 4 : width) {
                    value = value * 10 + Int(p[i] &- 0x30)
                    i += 1
                }
                if i == start { return nil }
                fields[name] = name == "y" && width == 2 ? 2000 + value : value
            }
        }
        guard i == count, let hour = fields["H"], let minute = fields["m"], let second = fields["s"], hour < 25, minute < 60, second < 61,
            let days = DateParser.days(year: fields["y"] ?? 1970, month: fields["M"] ?? 1, day: fields["d"] ?? 1)
        else { return nil }
        return Double(days) * 86_400 + Double(hour * 3600 + minute * 60 + second)
    }
}
