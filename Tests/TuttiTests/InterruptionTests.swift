import Testing
import Tutti

@Suite("A wish to stop")
struct InterruptionTests {
    @Test func itHoldsOnceItIsRequested() {
        let interruption = Interruption()
        #expect(!interruption.isRequested)
        interruption.request()
        interruption.request()
        #expect(interruption.isRequested)
    }
}
