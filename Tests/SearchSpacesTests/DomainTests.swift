import SearchSpaces
import Testing

@Suite struct DomainTests {
    static let domains: [Domain] = [
        .float(low: -3, high: 5), .float(low: 1e-6, high: 1, log: true), .float(low: 0, high: 1, step: 0.25),
        .float(low: 0.1, high: 0.95, step: 0.2), .float(low: 2, high: 2), .integer(low: -5, high: 5),
        .integer(low: 1, high: 1000, log: true),
        .integer(low: 0, high: 10, step: 3), .integer(low: 7, high: 7), .categorical(["a", "b", "c"]), .categorical([true, false]),
        .ordinal([1, 10, 100]), .constant("k"),
    ]

    @Test("a value comes back from its place in the unit interval", arguments: domains)
    func unitRoundTrip(domain: Domain) throws {
        for step in 0...1000 {
            let value = domain.value(atUnit: Double(step) / 1000)
            #expect(domain.contains(value), "\(value) is not in \(domain)")
            let unit = try #require(domain.unit(of: value))
            #expect((0...1).contains(unit))
            let again = domain.value(atUnit: unit)
            switch domain {
            case .float(_, _, _, nil):
                let (a, b) = (try #require(value.number), try #require(again.number))
                #expect(abs(a - b) <= 1e-12 * max(1, abs(a)))
            default: #expect(again == value)
            }
        }
    }

    @Test("every discrete value is reached, the ends included", arguments: domains)
    func discreteValuesAreAllReached(domain: Domain) {
        guard let count = domain.count else { return }
        let reached = Set((0...20_000).map { domain.value(atUnit: Double($0) / 20_000) })
        #expect(reached.count == count)
    }

    @Test func cellsOfIntegersAreEquallyWide() {
        let domain = Domain.integer(low: 1, high: 4)
        let values = (0..<4000).map { domain.value(atUnit: (Double($0) + 0.5) / 4000) }
        for value in 1...4 { #expect(values.count { $0 == .integer(value) } == 1000) }
    }

    @Test func stepsThatDoNotMeetTheHighEndStopBelowIt() {
        #expect(Domain.integer(low: 0, high: 10, step: 3).value(atUnit: 1) == 9)
        #expect(Domain.float(low: 0.1, high: 0.95, step: 0.2).count == 5)
    }

    @Test(
        "domains that cannot be are refused",
        arguments: [
            Domain.float(low: 1, high: 0), .float(low: 0, high: 1, log: true), .float(low: 0, high: .infinity), .float(low: .nan, high: 1),
            .float(low: 0, high: 1, step: 0), .float(low: 1, high: 2, log: true, step: 0.1), .float(low: -1e308, high: 1.7e308),
            .integer(low: 2, high: 1), .integer(low: 0, high: 3, log: true), .integer(low: 1, high: 9, step: 0),
            .integer(low: 1, high: 9, log: true, step: 2), .integer(low: .min, high: .max), .categorical([]), .categorical(["a", "a"]),
            .categorical([1, 1.0]), .ordinal([]), .constant(.float(.nan)),
        ])
    func impossibleDomains(domain: Domain) {
        #expect(performing: { try SearchSpace([Parameter("p", domain)]) }, throws: { ($0 as? SearchSpaceError)?.code == .invalidDomain })
    }
}
