//! The page's endpoints, as the page uses them.

use serde_json::{Value, json};

use super::super::{Mail, Person, Scope, Serving, Simulator};
use crate::clock::Clock;

async fn serve() -> (Simulator, Serving, String) {
    let simulator = Simulator::new(Clock::machine());
    simulator.with(|world| {
        let person = Person::new(1001, "Claire", "fr");
        world.add_person(Person { last_name: Some("Martin".into()), emails: vec!["claire@example.org".into()], ..person });
    });
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let base = format!("http://{}", serving.address);
    (simulator, serving, base)
}

async fn get(url: String) -> Value {
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_page_is_served_under_a_strict_policy() {
    let (_simulator, _serving, base) = serve().await;
    let response = reqwest::get(&base).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    assert_eq!(reqwest::get(format!("{base}/nothing.js")).await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_mail_s_html_is_a_page_without_scripts() {
    let (simulator, _serving, base) = serve().await;
    simulator.with(|world| {
        let [to, from, subject, text] = ["claire@example.org", "help@example.org", "x", "x"].map(str::to_owned);
        let html = Some("<!doctype html><html><head></head><body><script>1</script></body></html>".to_owned());
        let at = world.now();
        world.deliver_mail(Mail { to, from, subject, text, html, at });
    });
    let mails = get(format!("{base}/demo/mails")).await;
    let response = reqwest::get(format!("{base}{}", mails[0]["html"].as_str().unwrap())).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("script"), "{policy}");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert!(response.text().await.unwrap().contains("<head><base target=\"_blank\">"));
    for missing in ["0", "2"] {
        assert_eq!(reqwest::get(format!("{base}/demo/mails/{missing}/html")).await.unwrap().status(), 404);
    }
}

#[tokio::test]
async fn a_document_is_a_download_under_its_name() {
    let (simulator, _serving, base) = serve().await;
    let number = simulator.with(|world| world.files.add("données 1+1.html", "text/html", &b"<script>1</script>"[..]));
    let response = reqwest::get(format!("{base}/demo/files/{number}")).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert_eq!(response.headers()["content-disposition"], "attachment; filename*=UTF-8''donn%C3%A9es%201%2B1.html");
}

#[test]
fn the_page_has_its_words_in_each_language() {
    let keys = |language: &str| -> Vec<String> {
        let file = super::PAGE.get_file(format!("words-{language}.js")).unwrap();
        let lines = file.contents_utf8().unwrap().lines();
        lines.filter_map(|line| Some(line.strip_prefix("  ")?.split_once(": '")?.0.to_owned())).collect()
    };
    let english = keys("en");
    assert!(english.is_sorted() && english.len() > 40, "{english:?}");
    assert_eq!((keys("fr"), keys("ru")), (english.clone(), english.clone()));
    let pages = super::PAGE.files().filter(|file| !file.path().to_string_lossy().starts_with("words-"));
    let used: String = pages.filter_map(|file| file.contents_utf8()).collect();
    for key in english {
        assert!(["'", "\""].iter().any(|mark| used.contains(&format!("{mark}{key}{mark}"))) || KINDS.contains(&key.as_str()), "{key}");
    }
}

/// Kinds of messages, whose words are asked for by the name the server gives.
const KINDS: [&str; 4] = ["contact", "location", "sticker", "voice"];

#[tokio::test]
async fn what_is_typed_and_tapped_shows_in_the_chat() {
    let (simulator, _serving, base) = serve().await;
    let people = json!([{
        "id": 1001, "name": "Claire Martin", "first_name": "Claire", "username": null, "language": "fr", "emails": ["claire@example.org"],
    }]);
    assert_eq!(get(format!("{base}/demo/people")).await, people);
    let post = |path: &str, body: Value| reqwest::Client::new().post(format!("{base}{path}")).json(&body).send();
    assert_eq!(post("/demo/send", json!({ "person": 1001, "text": "<b>" })).await.unwrap().status(), 204);
    let chat = get(format!("{base}/demo/chat?person=1001")).await;
    assert_eq!((&chat["messages"][0]["from"], &chat["messages"][0]["html"]), (&json!("person"), &json!("&lt;b&gt;")));
    let no_button = post("/demo/tap", json!({ "person": 1001, "message": 1, "data": "x" })).await.unwrap();
    assert_eq!(no_button.status(), 422);
    assert!(no_button.json::<Value>().await.unwrap()["error"].is_string());
    assert_eq!(post("/demo/language", json!({ "person": 1001, "language": "ru" })).await.unwrap().status(), 204);
    assert_eq!(simulator.with(|world| world.person(1001).unwrap().language.clone()), "ru");
}

#[tokio::test]
async fn a_foreign_form_cannot_act() {
    let (simulator, _serving, base) = serve().await;
    let request = reqwest::Client::new().post(format!("{base}/demo/send")).header("content-type", "text/plain");
    let response = request.body(r#"{"person":1001,"text":"x"}"#).send().await.unwrap();
    assert_eq!(response.status(), 415);
    assert!(simulator.with(|world| world.messages(1001).is_empty()));
}

#[tokio::test]
async fn changes_are_streamed() {
    let (simulator, _serving, base) = serve().await;
    let mut events = reqwest::get(format!("{base}/demo/events")).await.unwrap();
    simulator.with(|world| world.person_types(1001, "bonjour")).unwrap();
    let line = events.chunk().await.unwrap().unwrap();
    assert_eq!(line, "data: {\"person\":1001}\n\n".as_bytes());
    simulator.with(|world| world.set_commands(Scope::Default, "", Vec::new())).unwrap();
    assert_eq!(events.chunk().await.unwrap().unwrap(), "data: {\"profile\":true}\n\n".as_bytes());
}
