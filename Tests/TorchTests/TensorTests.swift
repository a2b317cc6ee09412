import Foundation
import Testing
import Torch

@Suite(needsTorch) struct TensorTests {
    @Test func loadsAVersionThatIsNewEnough() throws {
        #expect(try LibTorch.version >= LibTorch.minimumVersion)
        #expect(try LibTorch.devices.first == .cpu)
        #expect(!LibTorch.isAvailable(.cuda(63)))
    }

    @Test func valuesOfEveryTypeComeBackAsTheyWere() throws {
        #expect(try Tensor([1.5, -2] as [Float]).toArray() == [1.5, -2])
        #expect(try Tensor([1.5, -2] as [Double]).toArray(of: Double.self) == [1.5, -2])
        #expect(try Tensor([1, -2] as [Int64]).toArray(of: Int64.self) == [1, -2])
        #expect(try Tensor([1, 255] as [UInt8]).toArray(of: UInt8.self) == [1, 255])
        #expect(try Tensor([true, false]).toArray(of: Bool.self) == [true, false])
        #expect(try Tensor([Int16.min, 3]).toArray(of: Int16.self) == [Int16.min, 3])
        #expect(try Tensor([] as [Float]).toArray() == [])
        #expect(try Tensor([Int64(7)]).toArray() == [7])
    }

    @Test func knowsItsShapeTypeAndPlace() throws {
        let tensor = try Tensor([UInt8](0..<24), shape: [2, 3, 4])
        #expect(tensor.shape == [2, 3, 4])
        #expect(tensor.strides == [12, 4, 1])
        #expect(tensor.count == 24)
        #expect(tensor.dtype == .uint8)
        #expect(tensor.device == .cpu)
        #expect(tensor.byteCount == 24)
        #expect("\(tensor)" == "Tensor(uint8, [2, 3, 4], cpu)")
        for dtype in DType.allCases { #expect(try Tensor.zeros([1], dtype: dtype).dtype == dtype) }
    }

    @Test func refusesValuesThatDoNotFillTheShape() {
        let error = #expect(throws: TorchError.self) { try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
        #expect(error?.message == "got 3 values (12 bytes of float32), expected 4 for shape [2, 2]")
        #expect(throws: TorchError.self) { try Tensor.zeros([-1]) }
        #expect(throws: TorchError.self) { try Tensor.zeros([Int.max, 2]) }
    }

    @Test func saysInLibtorchsWordsWhyShapesDoNotFit() throws {
        let error = #expect(throws: TorchError.self) {
            try Tensor.zeros([1, 3, 8, 8]).conv2d(Tensor.zeros([4, 2, 3, 3]))
        }
        #expect(error?.code == .operatorFailed)
        #expect(error?.operation == "aten::conv2d")
        #expect(error?.message.contains("expected input[1, 3, 8, 8] to have 2 channels, but got 3 channels instead") == true)
    }

    @Test func saysWhichOperatorIsUnknown() {
        let error = #expect(throws: TorchError.self) { try TorchOperator.call("aten::no_such_operator", [.int(1)]) }
        #expect(error?.message.contains("no_such_operator") == true)
    }

    @Test func itemNeedsOneElement() throws {
        #expect(try Tensor([2.5] as [Float]).item() == 2.5)
        #expect(try Tensor([Int64(1) << 40]).item() == Double(1 << 40))
        let error = #expect(throws: TorchError.self) { try Tensor.zeros([2]).item() }
        #expect(error?.message == "got a tensor of shape [2], expected one element")
    }

    @Test func channelsLastKeepsShapeAndValues() throws {
        let values = (0..<24).map { Float($0) }
        let image = try Tensor(values, shape: [1, 2, 3, 4])
        let pixelFirst = try image.contiguous(.channelsLast)
        #expect(pixelFirst.shape == [1, 2, 3, 4])
        #expect(pixelFirst.strides == [24, 1, 8, 2])
        #expect(try pixelFirst.toArray() == values)
        #expect(throws: TorchError.self) { try pixelFirst.withBytes { _ in } }
    }

    @Test func wrapsMemoryWithoutCopyingAndLetsItGo() throws {
        final class Owner {
            let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
            deinit { memory.deallocate() }
        }
        weak var released: Owner?
        do {
            let owner = Owner()
            released = owner
            _ = owner.memory.initialize(from: [1, 2, 3, 4])
            let tensor = try Tensor(wrapping: UnsafeRawBufferPointer(owner.memory), shape: [2, 2], dtype: .float32, owner: owner)
            owner.memory[3] = 40
            #expect(try tensor.toArray() == [1, 2, 3, 40])
        }
        #expect(released == nil)
    }

    @Test func threadsCanBeSet() throws {
        let before = try LibTorch.threads
        defer { try? LibTorch.setThreads(before) }
        try LibTorch.setThreads(1)
        #expect(try LibTorch.threads == 1)
        #expect(throws: TorchError.self) { try LibTorch.setThreads(0) }
    }
}
