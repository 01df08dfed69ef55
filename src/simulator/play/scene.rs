//! One holder in front of the counter: acts, sees what comes of it, and compares it with what a transcript wants.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::browser::{self, Browser};
use super::script::{Kind, Seen};
use crate::clock::{Clock, Random};
use crate::domain::{Policy, Record};
use crate::simulator::stage::{Setting, Stage};
use crate::simulator::{
    Content, Entity, EntityKind, Event, Formatted, Keyboard, Kind as Sent, Misuse, Person, Version, World, utf16_length,
};

/// The holder of a transcript, somebody else with a chat of their own, and the group somebody may type in.
const HOLDER: i64 = 1001;
const OTHER: i64 = 1002;
const GROUP: i64 = -1_001_000_000_001;
/// Where holders reach the pages, in a transcript that has them served over https.
const PAGES: &str = "https://counter.example.org/";
/// When every transcript begins: 1 March 2017, 10:00 in the built-in policy's time zone.
const BEGINNING: Timestamp = Timestamp::constant(1_488_358_800, 0);

/// A holder in front of the counter.
pub struct Scene {
    stage: Stage,
    clock: Clock,
    /// The number of the next event to read.
    next_event: u64,
    unseen: VecDeque<Visible>,
    names: HashMap<String, String>,
    browser: Browser,
    conversation: String,
}

/// Something that came into view.
#[derive(Clone, Debug)]
struct Visible {
    kind: Kind,
    lines: Vec<String>,
    buttons: Vec<String>,
}

impl Visible {
    fn written(&self) -> String {
        let sign = self.kind.sign();
        let mut text = String::new();
        for line in self.lines.iter().filter(|line| !line.is_empty()) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{sign} {line}");
        }
        if !self.buttons.is_empty() {
            let _ = writeln!(text, "{sign} [{}]", self.buttons.join("] ["));
        }
        text
    }
}

impl Scene {
    /// Opens the counter for one holder, as the transcript's settings want it.
    pub async fn open<'a>(settings: impl Iterator<Item = (usize, &'a str, &'a str)>) -> anyhow::Result<Self> {
        let clock = Clock::by_hand(BEGINNING);
        let mut setting = Setting::new(clock.clone(), Random::seeded(1))?;
        let mut language = "fr".to_owned();
        for (line, name, value) in settings {
            match (name, value) {
                ("client", value) => language = value.to_owned(),
                ("pages", "https") => setting.public_url = Some(PAGES.parse()?),
                ("updates", "webhook") => setting.webhook = true,
                ("record", "upstream") => setting.policy.record = Record::Upstream,
                ("stops", value) => stop(&mut setting.policy, value),
                _ => anyhow::bail!(
                    "line {line}: no such setting; there are `client fr|ru|en`, `pages https`, `updates webhook`, `record upstream` and `stops CAPABILITY`"
                ),
            }
        }
        let stage = Stage::open(setting).await?;
        stage.simulator.with(|world| {
            let mut other = Person::new(OTHER, "Sasha", language.clone());
            other.username = Some("sasha_example".to_owned());
            world.add_person(other);
            let mut person = Person::new(HOLDER, "Camille", language);
            person.username = Some("camille_example".to_owned());
            world.add_person(person);
            world.add_group(GROUP, "Neighbours");
        });
        let next_event = stage.simulator.with(|world| world.next_event());
        Ok(Self {
            stage,
            clock,
            next_event,
            unseen: VecDeque::new(),
            names: HashMap::new(),
            browser: Browser::default(),
            conversation: String::new(),
        })
    }

    /// Does what a line says, and waits until everything that follows from it has come.
    pub async fn act(&mut self, act: &str) -> Result<(), String> {
        self.all_mentioned()?;
        if act.contains("{captcha}") {
            let answer = self.stage.captcha_answer(HOLDER).await.map_err(|error| error.to_string())?;
            self.names.insert("captcha".to_owned(), answer.ok_or("no captcha is asked here")?);
        }
        let act = self.filled(act);
        let _ = writeln!(self.conversation, "\n> {act}");
        if !self.browse(&act).await? {
            let (who, act) = act.strip_prefix("(other) ").map_or((HOLDER, act.as_str()), |act| (OTHER, act));
            self.stage.simulator.with(|world| perform(world, who, act))?;
        }
        self.look().await;
        Ok(())
    }

    /// Does an act that belongs to the browser; false if it is another's.
    async fn browse(&mut self, act: &str) -> Result<bool, String> {
        let Some((what, rest)) = act.strip_prefix('(').and_then(|act| act.split_once(") ")) else { return Ok(false) };
        let page = match what {
            "open" => match rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(label) => {
                    let plain = self.stage.simulator.with(|world| url_of(world, label));
                    let url = plain.or_else(|| self.stage.simulator.opens_app(HOLDER, label).map(|url| self.here(&url)));
                    self.browser.open(&url.ok_or_else(|| format!("no message has the button [{label}] that opens a page"))?).await?
                }
                None => self.browser.open(rest).await?,
            },
            "press" => self.browser.press(rest).await?,
            "fill" => {
                let (label, text) = rest.split_once(" = ").ok_or("write what is filled in as > (fill) label = text")?;
                return self.browser.fill(label, text).map(|()| true);
            }
            _ => return Ok(false),
        };
        let browser::Seen { lines, buttons } = page;
        self.comes_into_view(Visible { kind: Kind::Page, lines, buttons });
        Ok(true)
    }

    /// Where what is reached at the transcript's made-up address is in truth.
    fn here(&self, url: &str) -> String {
        url.replacen(PAGES, &format!("http://{}/", self.stage.app.pages_address()), 1)
    }

    fn comes_into_view(&mut self, event: Visible) {
        self.conversation.push_str(&event.written());
        self.unseen.push_back(event);
    }

    /// Lets time pass, with what the counter does by itself meanwhile.
    pub async fn wait(&mut self, time: SignedDuration) -> Result<(), String> {
        self.all_mentioned()?;
        let _ = writeln!(self.conversation, "\n+ {time:#}");
        self.clock.advance(time);
        self.stage.app.sweep().await;
        self.look().await;
        Ok(())
    }

    /// Compares the next event of a kind with what is wanted.
    pub fn see(&mut self, kind: Kind, wanted: &[Seen]) -> Result<(), String> {
        let index = self.unseen.iter().position(|event| event.kind == kind);
        let Some(event) = index.and_then(|index| self.unseen.remove(index)) else {
            let others: String = self.unseen.iter().map(Visible::written).collect();
            let others = if others.is_empty() { "nothing more\n".to_owned() } else { others };
            return Err(format!("wanted:\n{}came:\n{others}", self.wanted(kind, wanted)));
        };
        if self.matches(&event, wanted) {
            return Ok(());
        }
        Err(format!("wanted:\n{}came:\n{}", self.wanted(kind, wanted), event.written()))
    }

    /// Something that came and was not mentioned.
    pub fn unmentioned(&self) -> Option<String> {
        self.unseen.iter().find(|event| event.kind != Kind::Deletion).map(Visible::written)
    }

    /// The conversation so far.
    pub fn conversation(&mut self) -> String {
        std::mem::take(&mut self.conversation)
    }

    /// Stops the counter.
    pub async fn close(self) {
        self.stage.app.stop().await;
    }

    fn all_mentioned(&mut self) -> Result<(), String> {
        match self.unmentioned() {
            Some(event) => Err(format!("before this line, not mentioned in the transcript:\n{event}")),
            None => {
                self.unseen.clear();
                Ok(())
            }
        }
    }

    async fn look(&mut self) {
        self.stage.settled().await;
        let (next, visible) = self.stage.simulator.with(|world| {
            let events = world.events_since(self.next_event);
            (world.next_event(), events.filter_map(|(_, event)| visible(world, event)).collect::<Vec<_>>())
        });
        self.next_event = next;
        for event in visible {
            self.comes_into_view(event);
        }
    }

    /// Whether an event shows the wanted lines and buttons, each in order; takes up what stands for a name that is not known yet.
    fn matches(&mut self, event: &Visible, wanted: &[Seen]) -> bool {
        let mut lines = event.lines.iter();
        let mut buttons = event.buttons.iter();
        wanted.iter().all(|seen| match seen {
            Seen::Line(pattern) => {
                // Every mail brings a code or a link of its own, and every page a suggestion.
                let anew = matches!(event.kind, Kind::Mail | Kind::Page)
                    && ["{code}", "{link}", "{suggestion}"].iter().any(|name| pattern.contains(name));
                let pattern = if anew { pattern.clone() } else { self.filled(pattern) };
                lines.any(|line| self.line_matches(&pattern, line))
            }
            Seen::Button(label) => buttons.any(|button| plain_spaces(button) == plain_spaces(label)),
        })
    }

    fn line_matches(&mut self, pattern: &str, line: &str) -> bool {
        let (pattern, line) = (plain_spaces(pattern), plain_spaces(line));
        let parts = pattern.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)));
        let Some((before, name, after)) = parts else { return pattern == line };
        let Some(value) = line.strip_prefix(before).and_then(|line| line.strip_suffix(after)) else { return false };
        // A one-time code is eight digits and a link an address, so that either alone finds its line in a mail.
        let taken = match name {
            "code" => value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit()),
            "link" => value.starts_with("http://") && !value.contains(' '),
            _ => true,
        };
        if taken {
            self.names.insert(name.to_owned(), value.to_owned());
        }
        taken
    }

    /// A line with the known names filled in.
    fn filled(&self, line: &str) -> String {
        self.names.iter().fold(line.to_owned(), |line, (name, value)| line.replace(&format!("{{{name}}}"), value))
    }

    fn wanted(&self, kind: Kind, wanted: &[Seen]) -> String {
        wanted.iter().fold(String::new(), |mut text, seen| {
            let _ = match seen {
                Seen::Line(line) => writeln!(text, "{} {}", kind.sign(), self.filled(line)),
                Seen::Button(label) => writeln!(text, "{} [{label}]", kind.sign()),
            };
            text
        })
    }
}

/// A text with every kind of space as a plain one: nobody should have to type a narrow no-break space into a transcript.
fn plain_spaces(text: &str) -> String {
    text.trim().chars().map(|char| if char.is_whitespace() { ' ' } else { char }).collect()
}

/// Has a capability of the service stop on the day the service closed.
fn stop(policy: &mut Policy, id: &str) {
    let closed_on = policy.closed_on;
    for capability in policy.capabilities.iter_mut().filter(|capability| capability.id.as_str() == id) {
        capability.stops_on = Some(closed_on);
    }
}

/// Does one act of somebody, in their own chat.
fn perform(world: &mut World, who: i64, act: &str) -> Result<(), String> {
    if let Some(label) = act.strip_prefix('[') {
        return match label.split_once(']') {
            Some((label, "")) => tap(world, who, label),
            Some((label, " (old)")) => tap_old(world, who, label),
            _ => Err("write a tap as > [label] or > [label] (old)".to_owned()),
        };
    }
    let said = |misuse: Misuse| misuse.to_string();
    match act.strip_prefix('(').and_then(|act| act.split_once(')')) {
        Some((what, rest)) => special(world, who, what, rest.trim()).map_err(said),
        None => world.person_types(who, act).map(|_| ()).map_err(said),
    }
}

fn special(world: &mut World, who: i64, what: &str, rest: &str) -> Result<(), Misuse> {
    let kind = match what {
        "photo" if !rest.is_empty() => Sent::CaptionedPhoto(formatted(rest)),
        "sticker" => Sent::Sticker,
        "voice" => Sent::Voice,
        "photo" => Sent::Photo,
        "document" => Sent::Document,
        "contact" => Sent::Contact,
        "location" => Sent::Location,
        "forward" => Sent::ForwardedText(formatted(rest)),
        "block" => return world.person_blocks(who),
        "unblock" => return world.person_unblocks(who),
        "group" => return world.person_types_in(GROUP, who, rest).map(|_| ()),
        "edit" => {
            let own = world.messages(who).iter().rev().find(|message| message.from == crate::simulator::Sender::Person(who));
            let id = own.map(|message| message.id).unwrap_or_default();
            return world.person_edits(who, id, rest);
        }
        _ => return world.person_types(who, &format!("({what}) {rest}")).map(|_| ()),
    };
    world.person_sends(who, kind).map(|_| ())
}

/// A text in which `[words](address)` is a link behind words.
fn formatted(text: &str) -> Formatted {
    let mut plain = String::new();
    let mut entities = Vec::new();
    let mut rest = text;
    while let Some((before, words, url, after)) = hidden_link(rest) {
        plain.push_str(before);
        let kind = EntityKind::TextLink { url: url.to_owned() };
        entities.push(Entity { kind, offset: utf16_length(&plain), length: utf16_length(words) });
        plain.push_str(words);
        rest = after;
    }
    plain.push_str(rest);
    Formatted { text: plain, entities }
}

/// What stands before the first link behind words, its words, its address, and what stands after it.
fn hidden_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (left, right) = text.split_once("](")?;
    let (before, words) = left.rsplit_once('[')?;
    let (url, after) = right.split_once(')')?;
    Some((before, words, url, after))
}

/// Taps the newest button that reads so.
fn tap(world: &mut World, who: i64, label: &str) -> Result<(), String> {
    let found = world.messages(who).iter().rev().find_map(|message| Some((message.id, data_of(&message.current.keyboard, label)?)));
    let (id, data) = found.ok_or_else(|| format!("no message has the button [{label}]"))?;
    world.person_taps(who, id, &data).map(|_| ()).map_err(|misuse| misuse.to_string())
}

/// Taps a button that a message had before it was edited, as a client does that has not heard of the edit yet.
fn tap_old(world: &mut World, who: i64, label: &str) -> Result<(), String> {
    let data = |version: &Version| data_of(&version.keyboard, label);
    let found = world.messages(who).iter().rev().find_map(|message| Some((message.id, message.past.iter().rev().find_map(data)?)));
    let (id, data) = found.ok_or_else(|| format!("no message ever had the button [{label}]"))?;
    world.person_forges(who, id, &data).map(|_| ()).map_err(|misuse| misuse.to_string())
}

fn data_of(keyboard: &Keyboard, label: &str) -> Option<String> {
    keyboard
        .iter()
        .flatten()
        .find(|button| plain_spaces(&button.text) == plain_spaces(label))
        .and_then(|button| button.data())
        .map(str::to_owned)
}

/// Where the newest button leads that reads so and opens a page.
fn url_of(world: &World, label: &str) -> Option<String> {
    let buttons = world.messages(HOLDER).iter().rev().flat_map(|message| message.current.keyboard.iter().flatten());
    let found = buttons.into_iter().find(|button| button.url().is_some() && plain_spaces(&button.text) == plain_spaces(label));
    found.and_then(|button| button.url()).map(str::to_owned)
}

/// What somebody in front of the screen sees of an event, if anything.
fn visible(world: &World, event: &Event) -> Option<Visible> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    match event {
        Event::Sent { chat, message_id } => Some(shown(world, Kind::Message, find(world, *chat, *message_id)?.version(0)?)),
        Event::Edited { chat, message_id, revision } => {
            let message = find(world, *chat, *message_id)?;
            let (now, before) = (message.version(*revision)?, message.version(revision.checked_sub(1)?)?);
            // Buttons that go from a screen which is out of use are no news.
            let stripped = now.keyboard.is_empty() && now.content.text() == before.content.text();
            (!stripped).then(|| shown(world, Kind::Edit, now))
        }
        Event::Deleted { chat, message_id } => {
            let message = find(world, *chat, *message_id)?;
            Some(Visible { kind: Kind::Deletion, lines: lines(message.text()), buttons: Vec::new() })
        }
        Event::Notice { text, .. } if text.is_empty() => None,
        Event::Notice { text, .. } => Some(Visible { kind: Kind::Notice, lines: lines(text), buttons: Vec::new() }),
        Event::Mailed { index } => {
            let mail = world.mails().get(*index)?;
            let head = [mail.to.clone(), mail.subject.clone()];
            Some(Visible { kind: Kind::Mail, lines: head.into_iter().chain(lines(&mail.text)).collect(), buttons: Vec::new() })
        }
    }
}

fn shown(world: &World, kind: Kind, version: &Version) -> Visible {
    let document = match &version.content {
        Content::Document { file, .. } => world.files.get(*file).map(|file| format!("(document) {}", file.name)),
        _ => None,
    };
    let lines = document.into_iter().chain(version.content.text().lines().map(|line| line.trim().to_owned())).collect();
    Visible { kind, lines, buttons: version.keyboard.iter().flatten().map(|button| button.text.clone()).collect() }
}

fn find(world: &World, chat: i64, id: i32) -> Option<&crate::simulator::ChatMessage> {
    world.message(chat, id).or_else(|| world.deleted(chat).find(|message| message.id == id))
}
