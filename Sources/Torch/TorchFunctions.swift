import CTorch
import NativeLibraries

/// Every function of libtorch that this module calls, resolved once.
///
/// A class, so that tensors can hold it for the price of a pointer.
final class TorchFunctions: @unchecked Sendable {
    let path: String
    let version: LibTorch.Version

    let callDispatcher: torch_call_dispatcher_function
    let newList: torch_new_list_function
    let pushBack: torch_list_push_back_function
    let newString: torch_new_string_function
    let newSlot: torch_new_slot_function
    let errorText: torch_error_text_function

    let newHandle: torch_new_handle_function
    let deleteTensor: torch_tensor_function
    let newUndefined: torch_new_undefined_function
    let emptyStrided: torch_empty_strided_function
    let fromBlob: torch_from_blob_function
    let scalarFloat32: torch_scalar_float32_function
    let scalarFloat64: torch_scalar_float64_function

    let getDim: torch_get_int64_function
    let getNumel: torch_get_int64_function
    let getSizes: torch_get_dimensions_function
    let getStrides: torch_get_dimensions_function
    let getDType: torch_get_int32_function
    let getDeviceType: torch_get_int32_function
    let getDeviceIndex: torch_get_int32_function
    let getData: torch_get_data_function
    let isDefined: torch_get_bool_function

    let copy: torch_copy_function
    let assign: torch_assign_function
    let zero: torch_tensor_function
    let fill: torch_fill_function
    let subtract: torch_subtract_function

    let setRequiresGrad: torch_set_requires_grad_function
    let gradModeIsEnabled: torch_grad_mode_is_enabled_function
    let gradModeSetEnabled: torch_grad_mode_set_enabled_function
    let getNumThreads: torch_get_num_threads_function

    let mutableGrad: torch_mutable_grad_function
    let requiresGrad: torch_requires_grad_function
    let setNumThreads: torch_set_num_threads_function

    /// Codes of libtorch, in the order of the enumerations' cases.
    let dtypeCodes: [Int32]
    let deviceTypeCodes: [Int32]
    let memoryFormatCodes: [Int32]
    let stridedLayout: Int32

    init(_ library: LoadedLibrary) throws {
        path = library.path
        // First of all, so that an old library is called old and not incomplete.
        let abiVersion: torch_version_function = try library.symbol("aoti_torch_abi_version")
        version = LibTorch.Version(word: abiVersion())
        guard version >= LibTorch.minimumVersion else {
            throw NativeLibraryError(
                .unsupportedVersion, library: library.library,
                detail: "\(library.path) is version \(version), expected \(LibTorch.minimumVersion) or newer")
        }

        callDispatcher = try library.symbol("torch_call_dispatcher")
        newList = try library.symbol("torch_new_list_reserve_size")
        pushBack = try library.symbol("torch_list_push_back")
        newString = try library.symbol("torch_new_string_handle")
        newSlot = try library.symbol("torch_new_stable_ivalue")
        errorText = try library.symbol("torch_exception_get_what_without_backtrace")

        newHandle = try library.symbol("aoti_torch_new_tensor_handle")
        deleteTensor = try library.symbol("aoti_torch_delete_tensor_object")
        newUndefined = try library.symbol("aoti_torch_new_uninitialized_tensor")
        emptyStrided = try library.symbol("aoti_torch_empty_strided")
        fromBlob = try library.symbol("torch_from_blob")
        scalarFloat32 = try library.symbol("aoti_torch_scalar_to_tensor_float32")
        scalarFloat64 = try library.symbol("aoti_torch_scalar_to_tensor_float64")

        getDim = try library.symbol("aoti_torch_get_dim")
        getNumel = try library.symbol("aoti_torch_get_numel")
        getSizes = try library.symbol("aoti_torch_get_sizes")
        getStrides = try library.symbol("aoti_torch_get_strides")
        getDType = try library.symbol("aoti_torch_get_dtype")
        getDeviceType = try library.symbol("aoti_torch_get_device_type")
        getDeviceIndex = try library.symbol("aoti_torch_get_device_index")
        getData = try library.symbol("torch_get_mutable_data_ptr")
        isDefined = try library.symbol("aoti_torch_is_defined")

        copy = try library.symbol("aoti_torch_copy_")
        assign = try library.symbol("aoti_torch_assign_tensors")
        zero = try library.symbol("aoti_torch_zero_")
        fill = try library.symbol("aoti_torch_aten_fill__Scalar")
        subtract = try library.symbol("aoti_torch_aten_subtract_Tensor")

        setRequiresGrad = try library.symbol("torch_set_requires_grad")
        gradModeIsEnabled = try library.symbol("aoti_torch_grad_mode_is_enabled")
        gradModeSetEnabled = try library.symbol("aoti_torch_grad_mode_set_enabled")
        getNumThreads = try library.symbol("torch_get_num_threads")

        mutableGrad = try library.symbol("_ZN3c1010TensorImpl12mutable_gradEv")
        requiresGrad = try library.symbol("_ZNK3c1010TensorImpl13requires_gradEv")
        setNumThreads = try library.symbol("_ZN2at15set_num_threadsEi")

        func code(_ name: String) throws -> Int32 { try library.symbol(name, as: torch_code_function.self)() }
        dtypeCodes = try DType.allCases.map { try code("aoti_torch_dtype_\($0)") }
        deviceTypeCodes = try ["cpu", "cuda", "mps"].map { try code("aoti_torch_device_type_\($0)") }
        memoryFormatCodes = try ["contiguous_format", "channels_last"].map { try code("aoti_torch_memory_format_\($0)") }
        stridedLayout = try code("aoti_torch_layout_strided")
    }

    /// Turns a status into an error with libtorch's own text.
    func check(_ status: TorchStatus, _ operation: @autoclosure () -> String) throws(TorchError) {
        guard status != 0 else { return }
        let text = errorText().map { String(cString: $0) } ?? ""
        throw TorchError(.operatorFailed, operation(), text.isEmpty ? "libtorch gave no reason" : text)
    }

    /// The owned handle that `make` leaves, as a tensor.
    func tensor(
        _ operation: @autoclosure () -> String, _ make: (UnsafeMutablePointer<TorchTensorHandle?>) -> TorchStatus
    ) throws(TorchError) -> Tensor {
        var handle: TorchTensorHandle?
        try check(make(&handle), operation())
        guard let handle else { throw TorchError(.operatorFailed, operation(), "libtorch returned no tensor") }
        return Tensor(adopting: handle, functions: self)
    }
}
