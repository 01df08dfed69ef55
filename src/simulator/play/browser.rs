//! A holder's browser, without a screen: opens the counter's pages, fills in their forms, presses their buttons and links.
//! It reads the pages as XML, so one that is not well formed is noticed.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Url};
use roxmltree::{Document, Node, ParsingOptions};

/// A page as somebody sees it, without its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The text, a line an element.
    pub lines: Vec<String>,
    /// The labels of its buttons.
    pub buttons: Vec<String>,
}

/// A browser with one page open at most.
#[derive(Default)]
pub struct Browser {
    client: Client,
    page: Option<Page>,
    /// The cookie of the counter's pages, which have one at most.
    cookie: String,
}

struct Page {
    url: Url,
    text: String,
    /// What was entered, by the name of the field.
    entered: Vec<(String, String)>,
}

/// Elements whose text is a line.
const LINES: [&str; 3] = ["h1", "p", "label"];

impl Browser {
    /// Opens an address. It runs no script, but does what a Mini App's does: it puts what Telegram tells into the form.
    pub async fn open(&mut self, url: &str) -> Result<Seen, String> {
        let url = Url::parse(url).map_err(|error| format!("{url:?} is no address: {error}"))?;
        let told: Vec<_> = url::form_urlencoded::parse(url.fragment().unwrap_or_default().as_bytes()).into_owned().collect();
        let seen = self.load(self.client.get(url)).await?;
        let data = told.into_iter().find_map(|(name, value)| (name == "tgWebAppData").then_some(value));
        if let (Some(page), Some(data)) = (&mut self.page, data) {
            page.entered.push(("init_data".to_owned(), data));
        }
        Ok(seen)
    }

    /// Enters a text in the field with this label.
    pub fn fill(&mut self, label: &str, text: &str) -> Result<(), String> {
        let page = self.page.as_mut().ok_or("no page is open")?;
        let document = parse(&page.text)?;
        let labels = document.descendants().filter(|node| node.has_tag_name("label"));
        let id = labels.filter(|node| text_of(*node) == label).find_map(|node| node.attribute("for"));
        let field = document.descendants().find(|node| node.has_tag_name("input") && node.attribute("id") == id && id.is_some());
        let name = field.and_then(|field| field.attribute("name")).ok_or_else(|| format!("no field is labelled {label:?}"))?;
        page.entered.push((name.to_owned(), text.to_owned()));
        Ok(())
    }

    /// Presses the button, or follows the link, that reads so.
    pub async fn press(&mut self, label: &str) -> Result<Seen, String> {
        let page = self.page.as_ref().ok_or("no page is open")?;
        let request = {
            let document = parse(&page.text)?;
            let reads = |node: &Node<'_, '_>| (node.has_tag_name("button") || node.has_tag_name("a")) && text_of(*node) == label;
            let pressed = document.descendants().find(reads).ok_or_else(|| format!("the page has no button or link {label:?}"))?;
            match pressed.attribute("href") {
                Some(href) => self.client.get(page.url.join(href).map_err(|error| error.to_string())?),
                None => self.client.post(page.url.clone()).form(&form(pressed, &page.entered)),
            }
        };
        self.load(request).await
    }

    async fn load(&mut self, request: reqwest::RequestBuilder) -> Result<Seen, String> {
        let response = request.header(COOKIE, &self.cookie).send().await.map_err(|error| error.to_string())?;
        let cookie = response.headers().get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()).and_then(|cookie| cookie.split(';').next());
        if let Some(cookie) = cookie {
            cookie.clone_into(&mut self.cookie);
        }
        let url = response.url().clone();
        let text = response.text().await.map_err(|error| error.to_string())?;
        let seen = seen(&parse(&text)?);
        self.page = Some(Page { url, text, entered: Vec::new() });
        Ok(seen)
    }
}

fn parse(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| format!("the page is not well formed: {error}\n{text}"))
}

/// The text of an element, white space folded.
fn text_of(node: Node<'_, '_>) -> String {
    let text: String = node.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn seen(document: &Document<'_>) -> Seen {
    let mut seen = Seen { lines: Vec::new(), buttons: Vec::new() };
    // What every page has around its own part is not read out each time.
    let main = document.descendants().find(|node| node.has_tag_name("main"));
    for node in main.into_iter().flat_map(|main| main.descendants()) {
        let name = node.tag_name().name();
        if LINES.contains(&name) {
            seen.lines.push(text_of(node));
        } else if name == "button" {
            seen.buttons.push(text_of(node));
        } else if name == "input" && node.attribute("readonly").is_some() {
            seen.lines.extend(node.attribute("value").map(str::to_owned));
        }
    }
    seen
}

/// What the form around a button sends: its fields as they came, with what was entered in their place.
fn form(button: Node<'_, '_>, entered: &[(String, String)]) -> Vec<(String, String)> {
    let Some(form) = button.ancestors().find(|node| node.has_tag_name("form")) else { return Vec::new() };
    let inputs = form.descendants().filter(|node| node.has_tag_name("input"));
    let sent = inputs.filter_map(|input| {
        let name = input.attribute("name")?;
        let typed = entered.iter().rev().find(|(field, _)| field == name).map(|(_, text)| text.as_str());
        Some((name.to_owned(), typed.or(input.attribute("value")).unwrap_or_default().to_owned()))
    });
    sent.collect()
}
