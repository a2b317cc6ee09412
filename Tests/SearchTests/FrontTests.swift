import Search
import Testing

@Suite struct FrontTests {
    @Test func ranksPeelFrontsOff() {
        let losses: [[Double]] = [[1, 4], [2, 2], [4, 1], [2, 4], [3, 3], [5, 5], [2, 2]]
        #expect(Front.ranks(losses) == [0, 0, 0, 1, 1, 2, 0])
        #expect(Front.ranks([]) == [])
        #expect(!Front.dominates([1, 1], [1, 1]))
    }

    @Test func orderBreaksTiesByCrowdingThenPosition() {
        #expect(Front.order([[3], [1], [2], [1]]) == [1, 3, 2, 0])
        let order = Front.order([[0, 4], [1, 3], [1.1, 2.9], [2, 2], [4, 0], [9, 9]])
        #expect(order.last == 5)
        #expect(Set(order.prefix(2)) == [0, 4])
        #expect(Front.crowdingDistances([[0, 1], [0, 1]]).count == 2)
    }
}
