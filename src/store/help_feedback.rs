//! Whether help articles helped, and what holders had to say, without the person: a row knows a topic, a language and a day.

use jiff::civil::Date;

use super::{Conn, StoreError, statements, values};
use crate::domain::{Comment, Language, TopicName};

statements! {
    INSERT = "INSERT INTO help_feedback (topic, language, helpful, day) VALUES ($1, $2, $3, $4)";
    COMMENT = "UPDATE help_feedback SET comment = $3 WHERE feedback_id = \
               (SELECT MAX(feedback_id) FROM help_feedback WHERE topic = $1 AND language = $2 AND helpful = 0 AND comment = '')";
    TALLIES = "SELECT topic, language, CAST(SUM(helpful) AS BIGINT) AS yes, CAST(SUM(1 - helpful) AS BIGINT) AS no \
               FROM help_feedback GROUP BY topic, language ORDER BY topic, language";
    COMMENTS = "SELECT topic, language, day, comment FROM help_feedback WHERE comment <> '' ORDER BY day DESC, topic, language, comment";
}

/// How often an article was helpful, and how often not.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// The topic, as it was called then.
    pub topic: String,
    /// The language it was read in.
    pub language: String,
    /// How many said yes.
    pub yes: i64,
    /// How many said no.
    pub no: i64,
}

/// What a holder missed in an article.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Remark {
    /// The topic, as it was called then.
    pub topic: String,
    /// The language it was read in.
    pub language: String,
    /// The day it was said on.
    pub day: String,
    /// What was said, masked.
    pub comment: String,
}

/// Counts a yes or a no.
pub async fn count(conn: &mut Conn, topic: TopicName, language: Language, helpful: bool, day: Date) -> Result<(), StoreError> {
    conn.run(INSERT, values![topic.as_str(), language.code(), helpful, day.to_string()]).await.map(|_| ())
}

/// Adds a comment to a no that was counted before. Which one of the article's does not matter: they know no person.
pub async fn comment(conn: &mut Conn, topic: TopicName, language: Language, comment: &Comment) -> Result<(), StoreError> {
    conn.run(COMMENT, values![topic.as_str(), language.code(), comment.as_str()]).await.map(|_| ())
}

/// Every article that someone judged, by topic and language.
pub async fn tallies(conn: &mut Conn) -> Result<Vec<Tally>, StoreError> {
    conn.rows(TALLIES, values![]).await
}

/// Every comment, the newest day first.
pub async fn remarks(conn: &mut Conn) -> Result<Vec<Remark>, StoreError> {
    conn.rows(COMMENTS, values![]).await
}
