//! Help: a menu of topics, an article a screen, and whether it helped. A question in the holder's own words finds its article.

mod article;
mod question;
mod topics;

pub use topics::Topics;

use super::{Button, Dialogue, Input, Place, Screen, Step, Tap, TurnError};
use crate::domain::{Comment, TopicName, Written};
use crate::locale::Message;
use crate::store::help_feedback;
use crate::turn::Turn;
use question::Found;

/// What the holder reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// The menu of topics.
    #[default]
    Topics,
    /// The topics that a typed question may be about.
    Offered(Vec<TopicName>),
    /// An article.
    Article {
        /// Its topic.
        topic: TopicName,
        /// Whether the holder has said if it helped.
        judged: bool,
    },
    /// The question what was missing in an article.
    Comment {
        /// The article's topic.
        topic: TopicName,
    },
}

/// A topic was chosen, an article judged, a question or a comment typed.
pub async fn on(turn: &mut Turn<'_>, back: Box<Dialogue>, at: At, input: &Input) -> Result<Step, TurnError> {
    let article = |topic, judged| At::Article { topic, judged };
    let thanks = Message::new("help-thanks");
    let (at, note) = match (input, at) {
        (Input::Tap(Tap::Topics), _) => (At::Topics, None),
        (Input::Tap(Tap::Topic(topic)), _) => (article(*topic, false), None),
        (Input::Tap(Tap::Helpful), At::Article { topic, judged: false }) => {
            count(turn, topic, true).await?;
            (article(topic, true), Some(thanks))
        }
        (Input::Tap(Tap::NotHelpful), At::Article { topic, judged: false }) => {
            count(turn, topic, false).await?;
            (At::Comment { topic }, None)
        }
        (Input::Tap(Tap::Skip), At::Comment { topic }) => (article(topic, true), Some(thanks)),
        (Input::Text(Written { text, .. }), At::Comment { topic }) => {
            if let Some(comment) = Comment::new(text) {
                help_feedback::comment(turn.conn, topic, turn.chat.language, &comment).await?;
            }
            (article(topic, true), Some(thanks))
        }
        (Input::Text(Written { text, .. }), _) => answer(turn, text),
        (_, at) => (at, Some(Message::new("choose-a-button"))),
    };
    Ok(Step { to: Dialogue::Help { back, at }, note, once: None })
}

async fn count(turn: &mut Turn<'_>, topic: TopicName, helpful: bool) -> Result<(), TurnError> {
    let day = turn.service.policy.day(turn.now);
    Ok(help_feedback::count(turn.conn, topic, turn.chat.language, helpful, day).await?)
}

/// The article that a typed question asks for, or those that it may ask for.
fn answer(turn: &Turn<'_>, question: &str) -> (At, Option<Message>) {
    match turn.service.topics.find(turn.chat.language, question) {
        Found::One(topic) => (At::Article { topic, judged: false }, None),
        Found::Some(topics) => (At::Offered(topics), None),
        Found::None => (At::Topics, Some(Message::new("help-nothing-found"))),
    }
}

/// The menu of topics, an article, or the question after it.
pub fn show(turn: &Turn<'_>, at: &At) -> Screen {
    match at {
        At::Topics => menu(turn),
        At::Offered(topics) => offered(topics),
        At::Article { topic, judged } if turn.service.topics.has(*topic) => article::show(turn, *topic, *judged),
        At::Comment { topic } if turn.service.topics.has(*topic) => ask_comment(*topic),
        // The operator has taken the topic out since.
        At::Article { .. } | At::Comment { .. } => menu(turn),
    }
}

fn menu(turn: &Turn<'_>) -> Screen {
    let policy = &turn.service.policy;
    let title = Message::new("help-title").with("service", policy.service.as_str()).with("place", policy.place.as_str());
    let screen = Screen::new(title).text(Message::new("help-ask")).text(Message::new("help-secrets")).text(operator(turn));
    let buttons: Vec<Button> = turn.service.topics.names().map(topic_button).collect();
    let screen = buttons.chunks(2).fold(screen, |screen, pair| screen.row(pair.to_vec()));
    screen.row(vec![Button::new("button-back", Tap::Back), Button::new("button-menu", Tap::Go(Place::Menu))])
}

/// Who runs the counter, whether that is the service itself, and how to reach them.
pub fn operator(turn: &Turn<'_>) -> Message {
    let (policy, operator) = (&turn.service.policy, &turn.service.operator);
    Message::new(if policy.operator_is_service { "help-operator-is-service" } else { "help-operator" })
        .with("service", policy.service.as_str())
        .with("operator", operator.name.as_str())
        .with("contact", operator.contact.to_string())
}

fn offered(topics: &[TopicName]) -> Screen {
    let screen = topics.iter().fold(Screen::new(Message::new("help-offered")), |screen, topic| screen.row(vec![topic_button(*topic)]));
    screen.row(ways_on())
}

fn ask_comment(topic: TopicName) -> Screen {
    let title = Message::new("help-comment").with("title", article::title(topic));
    Screen::new(title).button("button-skip", Tap::Skip).row(ways_on())
}

fn topic_button(topic: TopicName) -> Button {
    Button::labelled(article::title(topic), Tap::Topic(topic))
}

fn ways_on() -> Vec<Button> {
    vec![Button::new("button-topics", Tap::Topics), Button::new("button-menu", Tap::Go(Place::Menu))]
}
