import GRDB

/// The tables of Optuna's relational storage, schema version 12.
///
/// Column types, constraints and index names are those that Optuna's own storage creates, so that its migrations recognise them.
enum SQLiteSchema {
    static let version = 12
    static let migration = "v3.2.0.a"

    /// Creates the tables where the file is new.
    ///
    /// - Throws: `SearchError` (`storage`) when the file holds another version, or a `DatabaseError`.
    static func prepare(_ database: Database) throws {
        if try database.tableExists("version_info") {
            let found = try Int.fetchOne(database, sql: "SELECT schema_version FROM version_info")
            guard found == version else {
                throw StoreErrors.storage(
                    "The database has Optuna's schema version \(found.map(String.init) ?? "none"), expected \(version). "
                        + "Bring it up to date with: optuna storage upgrade --storage sqlite:///FILE")
            }
            return
        }
        try database.execute(sql: tables)
        try database.execute(sql: "INSERT INTO version_info VALUES (1, ?, '5.0.0')", arguments: [version])
        try database.execute(sql: "INSERT INTO alembic_version VALUES (?)", arguments: [migration])
    }

    private static let tables =
        """
        CREATE TABLE studies (
            study_id INTEGER NOT NULL,
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
            study_direction_id INTEGER NOT NULL,
            direction VARCHAR(8) NOT NULL,
            study_id INTEGER NOT NULL,
            objective INTEGER NOT NULL,
            PRIMARY KEY (study_direction_id),
            UNIQUE (study_id, objective),
            FOREIGN KEY(study_id) REFERENCES studies (study_id)
        );
        CREATE TABLE trials (
            trial_id INTEGER NOT NULL,
            number INTEGER,
            study_id INTEGER,
            state VARCHAR(8) NOT NULL,
            datetime_start DATETIME,
            datetime_complete DATETIME,
            PRIMARY KEY (trial_id),
            FOREIGN KEY(study_id) REFERENCES studies (study_id)
        );
        CREATE INDEX ix_trials_study_id ON trials (study_id);
        CREATE TABLE trial_params (
            param_id INTEGER NOT NULL,
            trial_id INTEGER,
            param_name VARCHAR(512),
            param_value FLOAT,
            distribution_json TEXT,
            PRIMARY KEY (param_id),
            UNIQUE (trial_id, param_name),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE trial_values (
            trial_value_id INTEGER NOT NULL,
            trial_id INTEGER NOT NULL,
            objective INTEGER NOT NULL,
            value FLOAT,
            value_type VARCHAR(7) NOT NULL,
            PRIMARY KEY (trial_value_id),
            UNIQUE (trial_id, objective),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE trial_intermediate_values (
            trial_intermediate_value_id INTEGER NOT NULL,
            trial_id INTEGER NOT NULL,
            step INTEGER NOT NULL,
            intermediate_value FLOAT,
            intermediate_value_type VARCHAR(7) NOT NULL,
            PRIMARY KEY (trial_intermediate_value_id),
            UNIQUE (trial_id, step),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE trial_heartbeats (
            trial_heartbeat_id INTEGER NOT NULL,
            trial_id INTEGER NOT NULL,
            heartbeat DATETIME NOT NULL,
            PRIMARY KEY (trial_heartbeat_id),
            UNIQUE (trial_id),
            FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
        );
        CREATE TABLE alembic_version (
            version_num VARCHAR(32) NOT NULL,
            CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
        );
        """ + ["study_user", "study_system", "trial_user", "trial_system"].map(attributes).joined()

    /// The table of one kind of attributes; its id is named after it in the singular.
    private static func attributes(_ kind: String) -> String {
        let owner = kind.hasPrefix("study") ? ("study_id", "studies") : ("trial_id", "trials")
        return """

            CREATE TABLE \(kind)_attributes (
                \(kind)_attribute_id INTEGER NOT NULL,
                \(owner.0) INTEGER,
                "key" VARCHAR(512),
                value_json TEXT,
                PRIMARY KEY (\(kind)_attribute_id),
                UNIQUE (\(owner.0), "key"),
                FOREIGN KEY(\(owner.0)) REFERENCES \(owner.1) (\(owner.0))
            );
            """
    }
}
