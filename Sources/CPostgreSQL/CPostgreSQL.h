// Declarations for PostgreSQL's client library, libpq. The library itself is opened at run time and its functions are looked up by
// name, so each declaration here is a function type.
//
// A connection is used by one thread at a time. Strings that the library returns belong to the connection or the result they came from.
#ifndef TUTTI_POSTGRESQL_H
#define TUTTI_POSTGRESQL_H

enum { POSTGRES_CONNECTION_OK = 0 };
enum { POSTGRES_EMPTY_QUERY = 0, POSTGRES_COMMAND_OK = 1, POSTGRES_TUPLES_OK = 2 };
// The field of an error that holds its five-character SQLSTATE.
enum { POSTGRES_FIELD_SQLSTATE = 'C' };

typedef struct PostgresConnection *PostgresConnectionHandle;
typedef struct PostgresResult *PostgresResultHandle;

typedef int (*PostgresVersionFunction)(void);
typedef void (*PostgresNoticeHandler)(void *context, const char *message);

// Connections. A handle is released with Finish, also where connecting failed.
typedef PostgresConnectionHandle (*PostgresConnectFunction)(const char *const *keywords, const char *const *values, int expand_database);
typedef int (*PostgresConnectionNumberFunction)(PostgresConnectionHandle connection);
typedef const char *(*PostgresConnectionTextFunction)(PostgresConnectionHandle connection);
typedef void (*PostgresFinishFunction)(PostgresConnectionHandle connection);
typedef void *(*PostgresSetNoticeHandlerFunction)(PostgresConnectionHandle connection, PostgresNoticeHandler handler, void *context);

// Statements. Parameters and answers are text; a null pointer is NULL. A result is released with Clear.
typedef PostgresResultHandle (*PostgresExecuteFunction)(PostgresConnectionHandle connection, const char *script);
typedef PostgresResultHandle (*PostgresPrepareFunction)(
    PostgresConnectionHandle connection, const char *name, const char *statement, int count, const unsigned int *types);
typedef PostgresResultHandle (*PostgresExecutePreparedFunction)(
    PostgresConnectionHandle connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats,
    int result_format);

// Results.
typedef int (*PostgresResultNumberFunction)(PostgresResultHandle result);
typedef char *(*PostgresResultTextFunction)(PostgresResultHandle result);
typedef char *(*PostgresResultFieldFunction)(PostgresResultHandle result, int field);
typedef char *(*PostgresCellTextFunction)(PostgresResultHandle result, int row, int column);
typedef int (*PostgresCellNumberFunction)(PostgresResultHandle result, int row, int column);
typedef void (*PostgresClearFunction)(PostgresResultHandle result);

#endif
