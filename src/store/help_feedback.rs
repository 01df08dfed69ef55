//! Whether help articles helped, and what holders had to say, without the person: a row knows a topic, a language and a day.
//! A comment may say anything about anybody, and is sealed for its topic and language.

use jiff::civil::Date;

use super::{Conn, StoreError, statements, values};
use crate::domain::{Comment, Language, TopicName};

/// The sealed column.
pub(super) const SEALED: &str = "help_feedback.comment";

statements! {
    INSERT = "INSERT INTO help_feedback (topic, language, helpful, day) VALUES ($1, $2, $3, $4)";
    COMMENT = "UPDATE help_feedback SET comment = $3 WHERE feedback_id = \
               (SELECT MAX(feedback_id) FROM help_feedback WHERE topic = $1 AND language = $2 AND helpful = 0 AND comment = '')";
    TALLIES = "SELECT topic, language, CAST(SUM(helpful) AS BIGINT) AS yes, CAST(SUM(1 - helpful) AS BIGINT) AS no \
               FROM help_feedback GROUP BY topic, language ORDER BY topic, language";
    COMMENTS = "SELECT topic, language, day, comment FROM help_feedback WHERE comment <> '' ORDER BY day DESC, topic, language";
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
    let sealed = conn.sealer()?.seal(SEALED, place(topic.as_str(), language.code()), comment.as_str());
    conn.run(COMMENT, values![topic.as_str(), language.code(), sealed]).await.map(|_| ())
}

/// Every article that someone judged, by topic and language.
pub async fn tallies(conn: &mut Conn) -> Result<Vec<Tally>, StoreError> {
    conn.rows(TALLIES, values![]).await
}

/// Every comment, the newest day first.
pub async fn remarks(conn: &mut Conn) -> Result<Vec<Remark>, StoreError> {
    let mut remarks: Vec<Remark> = conn.rows(COMMENTS, values![]).await?;
    if remarks.is_empty() {
        return Ok(remarks);
    }
    let sealer = conn.sealer()?;
    for remark in &mut remarks {
        let opened = sealer.open(SEALED, place(&remark.topic, &remark.language), &remark.comment);
        remark.comment = opened.map_err(|error| StoreError::Sealed(SEALED, error))?;
    }
    let order = |one: &Remark, other: &Remark| {
        let place = |remark: &Remark| (remark.topic.clone(), remark.language.clone(), remark.comment.clone());
        other.day.cmp(&one.day).then_with(|| place(one).cmp(&place(other)))
    };
    remarks.sort_by(order);
    Ok(remarks)
}

/// What a comment is bound to: which of the article's noes it stands with does not matter.
pub(super) fn place(topic: &str, language: &str) -> String {
    format!("{topic}/{language}")
}
