/// The tables of Optuna's relational storage, schema version 12, in the words of one kind of database.
///
/// Column types, constraints and index names are those that Optuna's own storage creates, so that its migrations recognise them.
struct SQLSchema {
    static let version = 12
    static let migration = "v3.2.0.a"

    /// Type of a key that the database chooses.
    var key: String
    var date: String
    var number: String
    var direction: String
    var state: String
    var valueType: String
    var intermediateValueType: String
    /// What must exist before the tables.
    var preparation = ""

    static let sqlite = SQLSchema(
        key: "INTEGER", date: "DATETIME", number: "FLOAT", direction: "VARCHAR(8)", state: "VARCHAR(8)", valueType: "VARCHAR(7)",
        intermediateValueType: "VARCHAR(7)")

    static let postgreSQL = SQLSchema(
        key: "SERIAL", date: "TIMESTAMP WITHOUT TIME ZONE", number: "FLOAT(53)", direction: "studydirection", state: "trialstate",
        valueType: "trialvaluetype", intermediateValueType: "trialintermediatevaluetype",
        preparation: """
            CREATE TYPE studydirection AS ENUM ('NOT_SET', 'MINIMIZE', 'MAXIMIZE');
            CREATE TYPE trialstate AS ENUM ('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING');
            CREATE TYPE trialvaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG');
            CREATE TYPE trialintermediatevaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG', 'NAN');

            """)

    /// - Throws: `SearchError` (`storage`) when a database holds another version.
    static func check(_ found: Int64?, upgrade address: String) throws {
        guard found != Int64(version) else { return }
        throw StoreErrors.storage(
            "The database has Optuna's schema version \(found.map(String.init) ?? "none"), expected \(version). "
                + "Bring it up to date with: optuna storage upgrade --storage \(address)")
    }

    /// Statements that make an empty database one of Optuna's, separated by semicolons.
    var script: String {
        preparation + tables + ["study_user", "study_system", "trial_user", "trial_system"].map(attributes).joined()
            + "\nINSERT INTO version_info VALUES (1, \(Self.version), '5.0.0');\nINSERT INTO alembic_version VALUES ('\(Self.migration)');"
    }

    private var tables: String {
        """
        CREATE TABLE studies (
            study_id \(key) NOT NULL,
            study_name VARCHAR(512) NOT NULL,
            PRIMARY KEY (study_id)
        );
        CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
        CREATE TABLE version_info (
            version_info_id INTEGER NOT NULL,
            schema_version INTEGER,
            library_version VARCHAR(256),
            PRIMARY KEY (version_info_id),
            CHECK (version_info_id=1)
        );
        CREATE TABLE study_directions (
            study_direction_id \(key) NOT NULL,
            direction \(direction) NOT NULL,
            study_id INTEGER NOT NULL,
            objective INTEGER NOT NULL,
            PRIMARY KEY (study_direction_id),
            UNIQUE (study_id, objective),
            FOREIGN KEY(study_id) REFERENCES studies (study_id)
        );
        CREATE TABLE trials (
            trial_id \(key) NOT NULL,
            number INTEGER,
            study_id INTEGER,
            state \(state) NOT NULL,
            datetime_start \(date),
            datetime_complete \(date),
            PRIMARY KEY (trial_id),
            FOREIGN KEY(study_id) REFERENCES studies (study_id)
        );
        CREATE INDEX ix_trials_study_id ON trials (study_id);
        CREATE TABLE trial_params (
            param_id \(key) NOT NULL,
            trial_id INTEGER,
            param_name VARCHAR(512),
            param_value \(number),
            distribution_json TEXT,
            PRIMARY KEY (param_id),
            UNIQUE (trial_id, param_name),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE trial_values (
            trial_value_id \(key) NOT NULL,
            trial_id INTEGER NOT NULL,
            objective INTEGER NOT NULL,
            value \(number),
            value_type \(valueType) NOT NULL,
            PRIMARY KEY (trial_value_id),
            UNIQUE (trial_id, objective),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE trial_intermediate_values (
            trial_intermediate_value_id \(key) NOT NULL,
            trial_id INTEGER NOT NULL,
            step INTEGER NOT NULL,
            intermediate_value \(number),
            intermediate_value_type \(intermediateValueType) NOT NULL,
            PRIMARY KEY (trial_intermediate_value_id),
            UNIQUE (trial_id, step),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE trial_heartbeats (
            trial_heartbeat_id \(key) NOT NULL,
            trial_id INTEGER NOT NULL,
            heartbeat \(date) NOT NULL,
            PRIMARY KEY (trial_heartbeat_id),
            UNIQUE (trial_id),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE alembic_version (
            version_num VARCHAR(32) NOT NULL,
            CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
        );
        """
    }

    /// The table of one kind of attributes; its id is named after it in the singular.
    private func attributes(_ kind: String) -> String {
        let owner = kind.hasPrefix("study") ? ("study_id", "studies") : ("trial_id", "trials")
        return """

            CREATE TABLE \(kind)_attributes (
                \(kind)_attribute_id \(key) NOT NULL,
                \(owner.0) INTEGER,
                "key" VARCHAR(512),
                value_json TEXT,
                PRIMARY KEY (\(kind)_attribute_id),
                UNIQUE (\(owner.0), "key"),
                FOREIGN KEY(\(owner.0)) REFERENCES \(owner.1) (\(owner.0))
            );
            """
    }

    /// The tables whose rows belong to a trial.
    static let trialTables = [
        "trial_params", "trial_values", "trial_intermediate_values", "trial_heartbeats", "trial_user_attributes", "trial_system_attributes",
    ]
}
