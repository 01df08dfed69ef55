//! What is wrong with a PostgreSQL server is told by `guichet check`, and by `guichet run` in one line: where, and what to do.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::check::Office;
use crate::operator::{refusal, run};
use crate::postgres::Server;
use guichet::config::Settings;
use guichet::store::Db;

const PASSWORD: &str = "hunter2-secret";

/// Databases that are unfit each in a way of its own, and a user who has to show a password.
async fn prepare(server: &Server) {
    server.admit("host all clerk 127.0.0.1/32 scram-sha-256\nhostssl all guest 127.0.0.1/32 trust\n");
    script(server, "postgres", &format!("CREATE ROLE clerk LOGIN PASSWORD '{PASSWORD}'")).await;
    for make in ["bare", "still", "lost", "busy", "sound"] {
        script(server, "postgres", &format!("CREATE DATABASE {make}")).await;
    }
    script(server, "postgres", "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0").await;
    script(server, "bare", "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    script(server, "postgres", "ALTER DATABASE still SET default_transaction_read_only = on").await;
    script(server, "postgres", "ALTER DATABASE lost SET search_path = nowhere").await;
    script(server, "busy", "CREATE TABLE orders (id BIGINT)").await;
    let url = server.url_of("guichet", "sound");
    let settings = Settings::load(&|name: &str| (name == "DATABASE_URL").then(|| url.clone()), server.folder()).unwrap();
    Db::open(&settings.database).await.unwrap().close().await;
}

async fn script(server: &Server, database: &str, sql: &str) {
    let mut conn = PgConnection::connect(&server.url_of("guichet", database)).await.unwrap();
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    conn.close().await.unwrap();
}

/// Both commands refuse the database and say so in these words.
async fn refuse(office: &Office, url: &str, words: &[&str]) {
    let said = office.brief(&[("DATABASE_URL", url)]).await;
    said.line("fault", "database", words);
    said.line("care", "key", &["the database has to be set right first"]);
    assert_eq!(said.code, 2, "{}", said.text);
    let mut command = run(office.path(), &office.simulator.token(), &format!("http://{}", office.serving.address));
    command.env("DATABASE_URL", url);
    let line = refusal(command, 1).await;
    for word in words.iter().chain(&["DATABASE_URL: ", "postgres://"]) {
        assert!(line.contains(word), "no [{word}] in: {line}");
    }
    for text in [said.text, line] {
        assert!(!text.contains("secret"), "the password is told: {text}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_told_by_what_is_wrong() {
    let Some(server) = Server::start() else { return };
    prepare(&server).await;
    let office = Office::new().await;
    let clerk = format!("clerk:{PASSWORD}");
    let refused = async |user: &str, database: &str, words: &[&str]| refuse(&office, &server.url_of(user, database), words).await;
    refused("guichet", "nowhere", &["no such database", "CREATE DATABASE"]).await;
    refused("clerk:wrong-secret", "sound", &["this user with this password", "check both"]).await;
    refused("guest", "sound", &["does not let this user in from here", "pg_hba.conf"]).await;
    refused("guest", "sound?sslmode=disable", &["without TLS", "sslmode=disable"]).await;
    refused("guichet", "sound?sslmode=require", &["cannot be encrypted as asked", "sslmode=prefer"]).await;
    refused("guichet", "ascii", &["SQL_ASCII", "ENCODING 'UTF8'"]).await;
    refused("guichet", "still", &["may only read here"]).await;
    refused("guichet", "lost", &["no schema", "search_path"]).await;
    refused("guichet", "busy", &["another service's tables", "orders"]).await;
    refused(&clerk, "bare", &["may not make tables in the schema public", "GRANT"]).await;
    refused(&clerk, "sound", &["may not read and write the table", "who owns"]).await;

    let sound = server.url_of("guichet", "sound");
    let said = office.brief(&[("DATABASE_URL", &sound)]).await;
    said.line("ok", "database", &[&sound, "accounts: 0, effects waiting: 0"]);
    script(&server, "sound", "GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk; ALTER ROLE clerk CONNECTION LIMIT 5").await;
    let said = office.brief(&[("DATABASE_URL", &server.url_of(&clerk, "sound"))]).await;
    said.line("ok", "database", &["accounts: 0"]);
    said.line("care", "database", &["5 connections left", "raise max_connections"]);
    assert!(!said.text.contains(PASSWORD), "{}", said.text);
    script(&server, "postgres", "ALTER ROLE clerk CONNECTION LIMIT 0").await;
    refused(&clerk, "sound", &["no connection left"]).await;

    script(&server, "sound", "INSERT INTO _sqlx_migrations SELECT 9999, '', now(), true, '', 0").await;
    office.brief(&[("DATABASE_URL", &sound)]).await.line("fault", "database", &["a newer version of guichet", "run that one"]);
    script(&server, "sound", "UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1").await;
    office.brief(&[("DATABASE_URL", &sound)]).await.line("fault", "database", &["was not made by this version"]);

    server.stop_hard();
    refused("guichet", "sound", &["cannot be reached", "that the server runs"]).await;
}
