import Placement
import Testing

struct ProfileTableTests {
    @Test func `columns in any order, comments, any-device lines and missing memory`() throws {
        let profiles = try ProfileTable.parse(
            """
            # measured on the night shift
            model,device,batch,memory_bytes,latency_ms,comment
            a,cpu0,1,1000,2.5,x
            a,cpu0,8,2000,10,
            a,*,1,,5,
            b,*,4,500,1,
            """)
        #expect(profiles.map(\.id) == ["a", "b"])
        #expect(profiles[0].memoryBytes(batchSize: 8, on: "cpu0") == 2000)
        #expect(profiles[0].memoryBytes(batchSize: 4, on: "cpu0") == 2000)
        #expect(profiles[0].rowsPerSecond(batchSize: 8, on: "cpu0") == 800)
        #expect(profiles[0].rowsPerSecond(batchSize: 1, on: "cpu7") == 200)
        #expect(profiles[0].batchSizes(on: "cpu0") == [1, 8])
        #expect(profiles[1].batchSizes(on: "cpu0") == [4])
    }

    @Test(arguments: [
        ("", "empty"), ("model,batch\n", "line 1"), ("device,model,batch,latency_ms\ncpu0,a,0,1", "line 2"),
        ("device,model,batch,latency_ms\ncpu0,a,1,fast", "'fast'"),
        ("device,model,batch,latency_ms\ncpu0,,1,1", "empty"), ("device,model,batch,latency_ms\ncpu0,a,1,1\ncpu0,a,1,2", "line 3"),
        ("device,model,batch,latency_ms,memory_bytes\ncpu0,a,1,1,-5", "-5"),
    ])
    func `bad lines are named`(text: String, part: String) {
        let error = #expect(throws: PlacementError.self) { try ProfileTable.parse(text) }
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }
}
