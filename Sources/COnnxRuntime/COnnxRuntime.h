// Declarations for ONNX Runtime's C interface, version 20 and later. The library itself is opened at run time.
//
// The interface is one table of function pointers whose order is published, never changes, and only grows at its end. Functions
// that Tutti does not call stand here as opaque pointers, only to keep the others in their places; a comment gives the place of each
// function that is called, counted from 0. Enumerations travel as 32-bit integers.
#ifndef TUTTI_ONNXRUNTIME_H
#define TUTTI_ONNXRUNTIME_H

#include <stddef.h>
#include <stdint.h>

// The version of the table below, to be asked for at run time.
enum { ORT_TABLE_VERSION = 20 };

typedef struct OrtAllocator OrtAllocator;
typedef struct OrtCUDAProviderOptionsV2 OrtCUDAProviderOptionsV2;
typedef struct OrtEnv OrtEnv;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtModelMetadata OrtModelMetadata;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtStatus OrtStatus;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtValue OrtValue;

// Severity: 0 verbose, 1 info, 2 warning, 3 error, 4 fatal.
typedef void (*OrtLoggingFunction)(
    void *context, int32_t severity, const char *category, const char *log_id, const char *location, const char *message);

typedef struct OrtApi {
    void *CreateStatus;
    int32_t (*GetErrorCode)(const OrtStatus *status);  // 1
    const char *(*GetErrorMessage)(const OrtStatus *status);  // 2
    void *CreateEnv;
    OrtStatus *(*CreateEnvWithCustomLogger)(OrtLoggingFunction logger, void *logger_context, int32_t severity,
        const char *log_id, OrtEnv **out);  // 4
    void *EnableTelemetryEvents;
    OrtStatus *(*DisableTelemetryEvents)(const OrtEnv *env);  // 6
    OrtStatus *(*CreateSession)(const OrtEnv *env, const char *path, const OrtSessionOptions *options, OrtSession **out);  // 7
    OrtStatus *(*CreateSessionFromArray)(const OrtEnv *env, const void *bytes, size_t byte_count,
        const OrtSessionOptions *options, OrtSession **out);  // 8
    OrtStatus *(*Run)(OrtSession *session, const OrtRunOptions *options, const char *const *input_names,
        const OrtValue *const *inputs,
        size_t input_count, const char *const *output_names, size_t output_count, OrtValue **outputs);  // 9
    OrtStatus *(*CreateSessionOptions)(OrtSessionOptions **out);  // 10
    void *SetOptimizedModelFilePath, *CloneSessionOptions, *SetSessionExecutionMode, *EnableProfiling, *DisableProfiling;
    void *EnableMemPattern;
    OrtStatus *(*DisableMemPattern)(OrtSessionOptions *options);  // 17
    void *EnableCpuMemArena;
    OrtStatus *(*DisableCpuMemArena)(OrtSessionOptions *options);  // 19
    void *SetSessionLogId, *SetSessionLogVerbosityLevel;
    OrtStatus *(*SetSessionLogSeverityLevel)(OrtSessionOptions *options, int severity);  // 22
    OrtStatus *(*SetSessionGraphOptimizationLevel)(OrtSessionOptions *options, int32_t level);  // 23
    OrtStatus *(*SetIntraOpNumThreads)(OrtSessionOptions *options, int threads);  // 24
    OrtStatus *(*SetInterOpNumThreads)(OrtSessionOptions *options, int threads);  // 25
    void *CreateCustomOpDomain, *CustomOpDomain_Add, *AddCustomOpDomain, *RegisterCustomOpsLibrary;
    OrtStatus *(*SessionGetInputCount)(const OrtSession *session, size_t *out);  // 30
    OrtStatus *(*SessionGetOutputCount)(const OrtSession *session, size_t *out);  // 31
    void *SessionGetOverridableInitializerCount;
    OrtStatus *(*SessionGetInputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo **out);  // 33
    OrtStatus *(*SessionGetOutputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo **out);  // 34
    void *SessionGetOverridableInitializerTypeInfo;
    OrtStatus *(*SessionGetInputName)(const OrtSession *session, size_t index, OrtAllocator *allocator, char **out);  // 36
    OrtStatus *(*SessionGetOutputName)(const OrtSession *session, size_t index, OrtAllocator *allocator, char **out);  // 37
    void *SessionGetOverridableInitializerName, *CreateRunOptions, *RunOptionsSetRunLogVerbosityLevel;
    void *RunOptionsSetRunLogSeverityLevel, *RunOptionsSetRunTag, *RunOptionsGetRunLogVerbosityLevel;
    void *RunOptionsGetRunLogSeverityLevel, *RunOptionsGetRunTag, *RunOptionsSetTerminate, *RunOptionsUnsetTerminate;
    OrtStatus *(*CreateTensorAsOrtValue)(OrtAllocator *allocator, const int64_t *shape, size_t rank, int32_t type,
        OrtValue **out);  // 48
    OrtStatus *(*CreateTensorWithDataAsOrtValue)(const OrtMemoryInfo *memory, void *data, size_t byte_count,
        const int64_t *shape, size_t rank,
        int32_t type, OrtValue **out);  // 49
    OrtStatus *(*IsTensor)(const OrtValue *value, int *out);  // 50
    OrtStatus *(*GetTensorMutableData)(OrtValue *value, void **out);  // 51
    void *FillStringTensor;
    OrtStatus *(*GetStringTensorDataLength)(const OrtValue *value, size_t *out);  // 53
    OrtStatus *(*GetStringTensorContent)(const OrtValue *value, void *bytes, size_t byte_count, size_t *offsets,
        size_t offset_count);  // 54
    OrtStatus *(*CastTypeInfoToTensorInfo)(const OrtTypeInfo *info, const OrtTensorTypeAndShapeInfo **out);  // 55
    void *GetOnnxTypeFromTypeInfo, *CreateTensorTypeAndShapeInfo, *SetTensorElementType, *SetDimensions;
    OrtStatus *(*GetTensorElementType)(const OrtTensorTypeAndShapeInfo *info, int32_t *out);  // 60
    OrtStatus *(*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *info, size_t *out);  // 61
    OrtStatus *(*GetDimensions)(const OrtTensorTypeAndShapeInfo *info, int64_t *out, size_t rank);  // 62
    void *GetSymbolicDimensions, *GetTensorShapeElementCount;
    OrtStatus *(*GetTensorTypeAndShape)(const OrtValue *value, OrtTensorTypeAndShapeInfo **out);  // 65
    void *GetTypeInfo, *GetValueType, *CreateMemoryInfo;
    OrtStatus *(*CreateCpuMemoryInfo)(int32_t allocator_kind, int32_t memory_kind, OrtMemoryInfo **out);  // 69
    void *CompareMemoryInfo, *MemoryInfoGetName, *MemoryInfoGetId, *MemoryInfoGetMemType, *MemoryInfoGetType, *AllocatorAlloc;
    OrtStatus *(*AllocatorFree)(OrtAllocator *allocator, void *pointer);  // 76
    void *AllocatorGetInfo;
    OrtStatus *(*GetAllocatorWithDefaultOptions)(OrtAllocator **out);  // 78
    void *AddFreeDimensionOverride, *GetValue, *GetValueCount, *CreateValue, *CreateOpaqueValue, *GetOpaqueValue;
    void *KernelInfoGetAttribute_float, *KernelInfoGetAttribute_int64, *KernelInfoGetAttribute_string;
    void *KernelContext_GetInputCount, *KernelContext_GetOutputCount, *KernelContext_GetInput, *KernelContext_GetOutput;
    void *ReleaseEnv;
    void (*ReleaseStatus)(OrtStatus *status);  // 93
    void (*ReleaseMemoryInfo)(OrtMemoryInfo *info);  // 94
    void (*ReleaseSession)(OrtSession *session);  // 95
    void (*ReleaseValue)(OrtValue *value);  // 96
    void *ReleaseRunOptions;
    void (*ReleaseTypeInfo)(OrtTypeInfo *info);  // 98
    void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *info);  // 99
    void (*ReleaseSessionOptions)(OrtSessionOptions *options);  // 100
    void *ReleaseCustomOpDomain, *GetDenotationFromTypeInfo, *CastTypeInfoToMapTypeInfo, *CastTypeInfoToSequenceTypeInfo;
    void *GetMapKeyType, *GetMapValueType, *GetSequenceElementType, *ReleaseMapTypeInfo, *ReleaseSequenceTypeInfo;
    void *SessionEndProfiling;
    OrtStatus *(*SessionGetModelMetadata)(const OrtSession *session, OrtModelMetadata **out);  // 111
    void *ModelMetadataGetProducerName, *ModelMetadataGetGraphName, *ModelMetadataGetDomain, *ModelMetadataGetDescription;
    OrtStatus *(*ModelMetadataLookupCustomMetadataMap)(const OrtModelMetadata *metadata, OrtAllocator *allocator,
        const char *key, char **out);  // 116
    void *ModelMetadataGetVersion;
    void (*ReleaseModelMetadata)(OrtModelMetadata *metadata);  // 118
    void *CreateEnvWithGlobalThreadPools, *DisablePerSessionThreads, *CreateThreadingOptions, *ReleaseThreadingOptions;
    OrtStatus *(*ModelMetadataGetCustomMetadataMapKeys)(const OrtModelMetadata *metadata, OrtAllocator *allocator,
        char ***out, int64_t *count);  // 123
    void *AddFreeDimensionOverrideByName;
    OrtStatus *(*GetAvailableProviders)(char ***out, int *count);  // 125
    OrtStatus *(*ReleaseAvailableProviders)(char **providers, int count);  // 126
    void *GetStringTensorElementLength, *GetStringTensorElement, *FillStringTensorElement;
    OrtStatus *(*AddSessionConfigEntry)(OrtSessionOptions *options, const char *key, const char *value);  // 130
    void *CreateAllocator, *ReleaseAllocator, *RunWithBinding, *CreateIoBinding, *ReleaseIoBinding, *BindInput, *BindOutput;
    void *BindOutputToDevice, *GetBoundOutputNames, *GetBoundOutputValues, *ClearBoundInputs, *ClearBoundOutputs, *TensorAt;
    void *CreateAndRegisterAllocator, *SetLanguageProjection, *SessionGetProfilingStartTimeNs, *SetGlobalIntraOpNumThreads;
    void *SetGlobalInterOpNumThreads, *SetGlobalSpinControl, *AddInitializer, *CreateEnvWithCustomLoggerAndGlobalThreadPools;
    void *SessionOptionsAppendExecutionProvider_CUDA, *SessionOptionsAppendExecutionProvider_ROCM;
    void *SessionOptionsAppendExecutionProvider_OpenVINO, *SetGlobalDenormalAsZero, *CreateArenaCfg, *ReleaseArenaCfg;
    void *ModelMetadataGetGraphDescription, *SessionOptionsAppendExecutionProvider_TensorRT, *SetCurrentGpuDeviceId;
    void *GetCurrentGpuDeviceId, *KernelInfoGetAttributeArray_float, *KernelInfoGetAttributeArray_int64, *CreateArenaCfgV2;
    void *AddRunConfigEntry, *CreatePrepackedWeightsContainer, *ReleasePrepackedWeightsContainer;
    void *CreateSessionWithPrepackedWeightsContainer, *CreateSessionFromArrayWithPrepackedWeightsContainer;
    void *SessionOptionsAppendExecutionProvider_TensorRT_V2, *CreateTensorRTProviderOptions, *UpdateTensorRTProviderOptions;
    void *GetTensorRTProviderOptionsAsString, *ReleaseTensorRTProviderOptions, *EnableOrtCustomOps, *RegisterAllocator;
    void *UnregisterAllocator, *IsSparseTensor, *CreateSparseTensorAsOrtValue, *FillSparseTensorCoo, *FillSparseTensorCsr;
    void *FillSparseTensorBlockSparse, *CreateSparseTensorWithValuesAsOrtValue, *UseCooIndices, *UseCsrIndices;
    void *UseBlockSparseIndices, *GetSparseTensorFormat, *GetSparseTensorValuesTypeAndShape, *GetSparseTensorValues;
    void *GetSparseTensorIndicesTypeShape, *GetSparseTensorIndices, *HasValue, *KernelContext_GetGPUComputeStream;
    void *GetTensorMemoryInfo, *GetExecutionProviderApi, *SessionOptionsSetCustomCreateThreadFn;
    void *SessionOptionsSetCustomThreadCreationOptions, *SessionOptionsSetCustomJoinThreadFn, *SetGlobalCustomCreateThreadFn;
    void *SetGlobalCustomThreadCreationOptions, *SetGlobalCustomJoinThreadFn, *SynchronizeBoundInputs, *SynchronizeBoundOutputs;
    OrtStatus *(*SessionOptionsAppendExecutionProvider_CUDA_V2)(OrtSessionOptions *options,
        const OrtCUDAProviderOptionsV2 *cuda);  // 204
    OrtStatus *(*CreateCUDAProviderOptions)(OrtCUDAProviderOptionsV2 **out);  // 205
    OrtStatus *(*UpdateCUDAProviderOptions)(OrtCUDAProviderOptionsV2 *cuda, const char *const *keys,
        const char *const *values, size_t count);  // 206
    void *GetCUDAProviderOptionsAsString;
    void (*ReleaseCUDAProviderOptions)(OrtCUDAProviderOptionsV2 *cuda);  // 208
    void *SessionOptionsAppendExecutionProvider_MIGraphX, *AddExternalInitializers, *CreateOpAttr, *ReleaseOpAttr, *CreateOp;
    void *InvokeOp, *ReleaseOp;
    OrtStatus *(*SessionOptionsAppendExecutionProvider)(OrtSessionOptions *options, const char *provider, const char *const *keys,
        const char *const *values, size_t count);  // 216
    void *CopyKernelInfo, *ReleaseKernelInfo, *GetTrainingApi, *SessionOptionsAppendExecutionProvider_CANN;
    void *CreateCANNProviderOptions, *UpdateCANNProviderOptions, *GetCANNProviderOptionsAsString, *ReleaseCANNProviderOptions;
    void *MemoryInfoGetDeviceType, *UpdateEnvWithCustomLogLevel, *SetGlobalIntraOpThreadAffinity, *RegisterCustomOpsLibrary_V2;
    void *RegisterCustomOpsUsingFunction, *KernelInfo_GetInputCount, *KernelInfo_GetOutputCount, *KernelInfo_GetInputName;
    void *KernelInfo_GetOutputName, *KernelInfo_GetInputTypeInfo, *KernelInfo_GetOutputTypeInfo, *KernelInfoGetAttribute_tensor;
    void *HasSessionConfigEntry, *GetSessionConfigEntry, *SessionOptionsAppendExecutionProvider_Dnnl, *CreateDnnlProviderOptions;
    void *UpdateDnnlProviderOptions, *GetDnnlProviderOptionsAsString, *ReleaseDnnlProviderOptions, *KernelInfo_GetNodeName;
    void *KernelInfo_GetLogger, *KernelContext_GetLogger, *Logger_LogMessage, *Logger_GetLoggingSeverityLevel;
    void *KernelInfoGetConstantInput_tensor, *CastTypeInfoToOptionalTypeInfo, *GetOptionalContainedTypeInfo;
    OrtStatus *(*GetResizedStringTensorElementBuffer)(OrtValue *value, size_t index, size_t byte_count, char **out);  // 252
    void *KernelContext_GetAllocator, *GetBuildInfoString, *CreateROCMProviderOptions, *UpdateROCMProviderOptions;
    void *GetROCMProviderOptionsAsString, *ReleaseROCMProviderOptions, *CreateAndRegisterAllocatorV2, *RunAsync;
    void *UpdateTensorRTProviderOptionsWithValue, *GetTensorRTProviderOptionsByName, *UpdateCUDAProviderOptionsWithValue;
    void *GetCUDAProviderOptionsByName, *KernelContext_GetResource, *SetUserLoggingFunction, *ShapeInferContext_GetInputCount;
    void *ShapeInferContext_GetInputTypeShape, *ShapeInferContext_GetAttribute, *ShapeInferContext_SetOutputTypeShape;
    void *SetSymbolicDimensions, *ReadOpAttr, *SetDeterministicCompute, *KernelContext_ParallelFor;
    void *SessionOptionsAppendExecutionProvider_OpenVINO_V2, *SessionOptionsAppendExecutionProvider_VitisAI;
    void *KernelContext_GetScratchBuffer, *KernelInfoGetAllocator, *AddExternalInitializersFromFilesInMemory, *CreateLoraAdapter;
    void *CreateLoraAdapterFromArray, *ReleaseLoraAdapter, *RunOptionsAddActiveLoraAdapter, *SetEpDynamicOptions;
} OrtApi;

typedef struct OrtApiBase {
    const OrtApi *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
} OrtApiBase;

// The one symbol of the library: OrtGetApiBase.
typedef const OrtApiBase *(*OrtGetApiBaseFunction)(void);

#endif
