import Testing
import Torch

@Suite(needsTorch) struct ImageTests {
    @Test func batchesComeFromBytesOnTheDevice() throws {
        let images = try Tensor([UInt8](0..<24), shape: [3, 2, 2, 2])
        let batch = try images.batch([2, 0])
        #expect(batch.dtype == .uint8)
        #expect(try batch.toArray(of: UInt8.self) == Array(16..<24) + Array(0..<8))
        #expect(throws: TorchError.self) { try images.batch([3]) }
    }

    @Test func pixelsAreNormalisedPerChannel() throws {
        let images = try Tensor([0, 255, 51, 102] as [UInt8], shape: [1, 2, 1, 2])
        for format in [MemoryFormat.contiguous, .channelsLast] {
            let numbers = try images.normalizedPixels(mean: [0.5, 0.2], standardDeviation: [0.5, 0.1], format: format)
            #expect(agree(try numbers.toArray(), [-1, 1, 0, 2]))
        }
        #expect(throws: TorchError.self) { try images.normalizedPixels(mean: [0], standardDeviation: [1]) }
    }

    @Test func onlyChosenImagesAreMirrored() throws {
        let images = try Tensor([1, 2, 3, 4] as [UInt8], shape: [2, 1, 1, 2])
        #expect(try images.flippedHorizontally([false, true]).toArray(of: UInt8.self) == [1, 2, 4, 3])
    }

    @Test func eachImageIsShiftedByItsOwnOffset() throws {
        let image: [UInt8] = [1, 2, 3, 4]
        let images = try Tensor(image + image + image, shape: [3, 1, 2, 2])
        let shifted = try images.shifted([(0, 0), (1, 0), (0, -1)], limit: 1)
        #expect(shifted.shape == [3, 1, 2, 2])
        #expect(try shifted.toArray(of: UInt8.self) == [1, 2, 3, 4] + [0, 0, 1, 2] + [2, 0, 4, 0])
        #expect(try images.shifted([(5, 0), (0, 0), (0, 0)], limit: 1).toArray(of: UInt8.self).prefix(4) == [0, 0, 1, 2])
        #expect(throws: TorchError.self) { try images.shifted([(0, 0)], limit: 1) }
    }
}
