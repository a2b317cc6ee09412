// Declarations for LightGBM's C interface, version 4. The library itself is opened at run time and its functions are looked up by
// name, so each declaration here is a function type: `LGBM_BoosterFree` has the type `BoosterFreeFunction`.
//
// Every function of type int returns 0, or -1 with the reason in LGBM_GetLastError on the same thread.
#ifndef TUTTI_LIGHTGBM_H
#define TUTTI_LIGHTGBM_H

#include <stddef.h>
#include <stdint.h>

enum { LGBM_FLOAT32 = 0, LGBM_FLOAT64 = 1, LGBM_INT32 = 2, LGBM_INT64 = 3 };
enum { LGBM_PREDICT_NORMAL = 0, LGBM_PREDICT_RAW = 1, LGBM_PREDICT_LEAF = 2, LGBM_PREDICT_CONTRIBUTIONS = 3 };

typedef struct LightGBMDataset *DatasetHandle;
typedef struct LightGBMBooster *BoosterHandle;

typedef const char *(*GetLastErrorFunction)(void);
// The callback and the level of the log belong to the calling thread.
typedef void (*LogCallback)(const char *message);
typedef int (*RegisterLogCallbackFunction)(LogCallback callback);

// Data. A handle is released with DatasetFree, after the boosters that use it.
typedef int (*DatasetCreateFromMatFunction)(
    const void *data, int data_type, int32_t rows, int32_t columns, int is_row_major, const char *parameters, DatasetHandle reference,
    DatasetHandle *out);
typedef int (*DatasetSetFieldFunction)(DatasetHandle dataset, const char *field, const void *values, int count, int data_type);
typedef int (*DatasetSetFeatureNamesFunction)(DatasetHandle dataset, const char **names, int count);
typedef int (*DatasetGetNumDataFunction)(DatasetHandle dataset, int *out);
typedef int (*DatasetFreeFunction)(DatasetHandle dataset);

// Boosters.
typedef int (*BoosterCreateFunction)(DatasetHandle training, const char *parameters, BoosterHandle *out);
typedef int (*BoosterLoadModelFromStringFunction)(const char *text, int *iterations, BoosterHandle *out);
typedef int (*BoosterMergeFunction)(BoosterHandle booster, BoosterHandle earlier);
typedef int (*BoosterAddValidDataFunction)(BoosterHandle booster, DatasetHandle data);
typedef int (*BoosterResetParameterFunction)(BoosterHandle booster, const char *parameters);
typedef int (*BoosterUpdateOneIterFunction)(BoosterHandle booster, int *is_finished);
typedef int (*BoosterRollbackOneIterFunction)(BoosterHandle booster);
typedef int (*BoosterGetIntFunction)(BoosterHandle booster, int *out);
typedef int (*BoosterGetEvalNamesFunction)(
    BoosterHandle booster, int capacity, int *count, size_t text_capacity, size_t *text_needed, char **out);
typedef int (*BoosterGetEvalFunction)(BoosterHandle booster, int data_index, int *count, double *out);
typedef int (*BoosterFeatureImportanceFunction)(BoosterHandle booster, int iterations, int kind, double *out);
typedef int (*BoosterPredictForMatFunction)(
    BoosterHandle booster, const void *data, int data_type, int32_t rows, int32_t columns, int is_row_major, int kind, int first_iteration,
    int iterations, const char *parameters, int64_t *count, double *out);
typedef int (*BoosterSaveModelToStringFunction)(
    BoosterHandle booster, int first_iteration, int iterations, int importance_kind, int64_t capacity, int64_t *needed, char *out);
typedef int (*BoosterFreeFunction)(BoosterHandle booster);

#endif
