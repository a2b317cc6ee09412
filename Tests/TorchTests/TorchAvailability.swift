import Testing
import Torch

/// The trait of every suite here that calls libtorch.
let needsTorch: ConditionTrait = .enabled(
    if: (try? LibTorch.load()) != nil,
    "libtorch is not installed; `tutti doctor` prints the command that installs it")

/// Whether two lists of numbers agree to `tolerance`.
func agree(_ left: [Float], _ right: [Float], tolerance: Float = 1e-5) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance }
}
