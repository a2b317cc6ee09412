/// What Tutti uses of libtorch's stable C ABI: types of function pointers, nothing to link.
///
/// The functions live in libtorch_cpu and are looked up by name at run time. Every one of type `TorchStatus` answers 0 for
/// success; the text of a failure is then `torch_exception_get_what_without_backtrace` on the same thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef int32_t TorchStatus;
/// A reference to a tensor. Owned handles are released with `aoti_torch_delete_tensor_object`.
typedef struct TorchTensor *TorchTensorHandle;
typedef struct TorchList *TorchListHandle;
typedef struct TorchString *TorchStringHandle;
/// Tensor implementation behind a handle. Opaque here; see the functions at the end.
typedef struct TorchTensorImplementation *TorchTensorImplementationPointer;

/* Operators. */

/// Operator name, overload name, stack, version of the ABI that the caller was written for. Takes ownership of the stack's
/// handles, and leaves the results' handles, owned by the caller, in the first slots.
typedef TorchStatus (*torch_call_dispatcher_function)(const char *, const char *, uint64_t *, uint64_t);
typedef TorchStatus (*torch_new_list_function)(size_t, TorchListHandle _Nullable *_Nonnull);
typedef TorchStatus (*torch_list_push_back_function)(TorchListHandle, uint64_t);
typedef TorchStatus (*torch_new_string_function)(const char *, size_t, TorchStringHandle _Nullable *_Nonnull);
typedef TorchStatus (*torch_new_slot_function)(uint64_t *_Nullable *_Nonnull);
typedef const char *_Nullable (*torch_error_text_function)(void);
typedef uint64_t (*torch_version_function)(void);
/// Codes of element types, devices, layouts and memory formats: asked for, because their numbers are not part of the ABI.
typedef int32_t (*torch_code_function)(void);

/* Making tensors. */

typedef TorchStatus (*torch_new_handle_function)(TorchTensorHandle, TorchTensorHandle _Nullable *_Nonnull);
typedef TorchStatus (*torch_tensor_function)(TorchTensorHandle);
typedef TorchStatus (*torch_new_undefined_function)(TorchTensorHandle _Nullable *_Nonnull);
/// Dimensions, sizes, strides, element type, device type, device index, result.
typedef TorchStatus (*torch_empty_strided_function)(
    int64_t, const int64_t *, const int64_t *, int32_t, int32_t, int32_t, TorchTensorHandle _Nullable *_Nonnull);
typedef void (*torch_deleter)(void *_Nullable data, void *_Nullable context);
/// Data, dimensions, sizes, strides, storage offset, element type, device type, device index, result, layout, opaque metadata
/// and its size, deleter, the deleter's context.
typedef TorchStatus (*torch_from_blob_function)(
    void *, int64_t, const int64_t *, const int64_t *, int64_t, int32_t, int32_t, int32_t, TorchTensorHandle _Nullable *_Nonnull,
    int32_t, const uint8_t *_Nullable, int64_t, torch_deleter _Nullable, void *_Nullable);
typedef TorchStatus (*torch_scalar_float32_function)(float, TorchTensorHandle _Nullable *_Nonnull);
typedef TorchStatus (*torch_scalar_float64_function)(double, TorchTensorHandle _Nullable *_Nonnull);

/* Reading tensors. */

typedef TorchStatus (*torch_get_int64_function)(TorchTensorHandle, int64_t *);
typedef TorchStatus (*torch_get_int32_function)(TorchTensorHandle, int32_t *);
typedef TorchStatus (*torch_get_bool_function)(TorchTensorHandle, bool *);
/// The array is the tensor's own: borrowed.
typedef TorchStatus (*torch_get_dimensions_function)(TorchTensorHandle, int64_t *_Nullable *_Nonnull);
typedef TorchStatus (*torch_get_data_function)(TorchTensorHandle, void *_Nullable *_Nonnull);

/* Changing tensors. */

/// Destination, source, whether the copy may still run when the call returns.
typedef TorchStatus (*torch_copy_function)(TorchTensorHandle, TorchTensorHandle, int32_t);
/// Makes the second handle refer to the first one's tensor.
typedef TorchStatus (*torch_assign_function)(TorchTensorHandle, TorchTensorHandle);
typedef TorchStatus (*torch_fill_function)(TorchTensorHandle, double);
/// Left, right, factor of the right side, result.
typedef TorchStatus (*torch_subtract_function)(TorchTensorHandle, TorchTensorHandle, double, TorchTensorHandle _Nullable *_Nonnull);

/* Autograd and threads. */

typedef TorchStatus (*torch_set_requires_grad_function)(TorchTensorHandle, bool);
typedef bool (*torch_grad_mode_is_enabled_function)(void);
typedef void (*torch_grad_mode_set_enabled_function)(bool);
typedef TorchStatus (*torch_get_num_threads_function)(uint32_t *);

/* Outside the C ABI: members of C++ classes that are ordinary functions to the linker. */

/// `c10::TensorImpl::mutable_grad()`: address of the gradient, a borrowed handle whose tensor may be undefined.
typedef TorchTensorHandle _Nonnull (*torch_mutable_grad_function)(TorchTensorImplementationPointer);
/// `c10::TensorImpl::requires_grad() const`.
typedef bool (*torch_requires_grad_function)(TorchTensorImplementationPointer);
/// `at::set_num_threads(int)`.
typedef void (*torch_set_num_threads_function)(int);

#pragma clang assume_nonnull end
