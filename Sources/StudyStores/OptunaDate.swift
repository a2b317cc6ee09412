import Foundation

/// Dates as Optuna 5 writes them: `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC without saying so.
enum OptunaDate {
    static func text(_ date: Date) -> String {
        let micros = Int((date.timeIntervalSince1970 * 1e6).rounded())
        let (seconds, fraction) = micros.quotientAndRemainder(dividingBy: 1_000_000, floored: true)
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400, floored: true)
        let (year, month, day) = civil(days)
        func pad(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2)) "
            + "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2)).\(pad(fraction, 6))"
    }

    /// The moment as it comes back from the file.
    static func rounded(_ date: Date) -> Date { self.date(text(date)) ?? date }

    /// Nil when the text is no such date; the fraction may be missing.
    static func date(_ text: String) -> Date? {
        let parts = text.split(whereSeparator: { "-: T.".contains($0) })
        guard parts.count == 6 || parts.count == 7 else { return nil }
        let numbers = parts.prefix(6).compactMap { Int($0) }
        guard numbers.count == 6 else { return nil }
        var micros = 0
        if parts.count == 7 {
            let digits = parts[6].prefix(6)
            guard let fraction = Int(digits + String(repeating: "0", count: 6 - digits.count)) else { return nil }
            micros = fraction
        }
        let seconds = days(numbers[0], numbers[1], numbers[2]) * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
        return Date(timeIntervalSince1970: Double(seconds) + Double(micros) * 1e-6)
    }

    /// Days since 1970 to year, month and day of the Gregorian calendar, counting years from March so that leap days come last.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097, floored: true)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = year.quotientAndRemainder(dividingBy: 400, floored: true)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int {
    /// Division whose remainder is never negative.
    fileprivate func quotientAndRemainder(dividingBy divisor: Int, floored: Bool) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return floored && remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
