import Datasets
import Testing

@Suite struct TargetTests {
    private func target(_ cells: [String], _ task: ReadOptions.TargetTask? = nil) throws -> Dataset.Target? {
        let rows = cells.enumerated().map { "\($0.offset),\($0.element)\n" }.joined()
        return try read("x,y\n" + rows, ReadOptions(target: "y", task: task)).target
    }

    private func repeated(_ cells: [String], _ times: Int) -> [String] { (0..<times).flatMap { _ in cells } }

    @Test func `names and booleans are classes, and the target is no feature`() throws {
        let dataset = try read("x,y\n1,b\n2,a\n3,b\n", ReadOptions(target: "y"))
        #expect(dataset.target == .classes([1, 0, 1], names: ["a", "b"]))
        #expect(dataset.targetName == "y")
        #expect(dataset.schema.features == .table([ColumnSchema(name: "x", kind: .number)]))
        #expect(try target(["true", "false"]) == .classes([1, 0], names: ["false", "true"]))
    }

    @Test func `numbers are values unless they look like coded classes`() throws {
        #expect(try target(["1.5", "2", "3"]) == .values([1.5, 2, 3]))
        #expect(try target(["0", "1", "1", "0"]) == .classes([0, 1, 1, 0], names: ["0", "1"]))
        #expect(try target(["-1", "1", "1"]) == .classes([0, 1, 1], names: ["-1", "1"]))
        #expect(try target(["1", "2"]) == .values([1, 2]))
        // Ratings from 3 to 9, and too few rows for their number.
        #expect(try target(repeated(["3", "4", "5", "6"], 20)) == .values((0..<80).map { Double($0 % 4 + 3) }))
        #expect(try target(["1", "2", "3", "2"]) == .values([1, 2, 3, 2]))
        guard case .classes(_, let names) = try target(repeated(["1", "2", "3"], 10)) else {
            Issue.record("codes are not classes")
            return
        }
        #expect(names == ["1", "2", "3"])
    }

    @Test func `the task that is asked for holds`() throws {
        #expect(try target(["1.5", "2", "1.5"], .classification) == .classes([0, 1, 0], names: ["1.5", "2"]))
        #expect(try target(["0", "1", "1"], .regression) == .values([0, 1, 1]))
        #expect(throws: DatasetError.self) { try target(["a", "b"], .regression) }
    }

    @Test func `rows without a target are left out and told`() throws {
        let text = "x,y\n1,a\n2,\n3,b\n4,NA\n"
        #expect(try read(text, ReadOptions(target: "y")).rowCount == 2)
        #expect(try report(text, ReadOptions(target: "y")).droppedRowCount == 2)
        let values = try read("x,y\n1,0.5\n2,inf\n3,1.5\n", ReadOptions(target: "y"))
        #expect(values.target == .values([0.5, 1.5]))
    }

    @Test func `targets that cannot be learned are errors`() {
        #expect(throws: DatasetError.self) { try target(["a", "a"]) }
        #expect(throws: DatasetError.self) { try target(["", ""]) }
        #expect(throws: DatasetError.self) { try target(["2024-01-01", "2024-01-02"]) }
        let error = failure("x,label\n1,a\n", ReadOptions(target: "lable"))
        #expect(error?.code == .unknownColumn)
        #expect(error?.message.contains("'label'") == true)
        #expect(failure("y\n1\n2\n", ReadOptions(target: "y"))?.code == .tooSmall)
    }

    @Test func `training needs rows, a target and two outcomes`() throws {
        #expect(throws: DatasetError.self) { try read("x,y\n1,1.5\n", ReadOptions(target: "y")).validateForTraining() }
        #expect(throws: DatasetError.self) { try read("x,y\n1,2.5\n2,2.5\n", ReadOptions(target: "y")).validateForTraining() }
        #expect(throws: DatasetError.self) { try read("x,y\n1,2\n2,3\n").validateForTraining() }
        let dataset = try read("x,y\n1,a\n2,b\n3,a\n", ReadOptions(target: "y"))
        try dataset.validateForTraining()
        #expect(throws: DatasetError.self) { try dataset.selecting(rows: [0, 2]).validateForTraining() }
    }
}
