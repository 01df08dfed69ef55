//! What a visitor sees of the demo's page before its server has answered, and when it answers no more.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use guichet::domain::Language;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::driver::{Theatre, Window, click, find, screenshot, until};
use super::visit::Visit;

/// A proxy before the demo that keeps back what the page asks of it, apart from its files.
struct Gate {
    inside: String,
    opened: watch::Receiver<bool>,
}

/// Stands before the demo at `inside`; gives where it listens, and what opens it.
async fn gate(inside: String) -> (String, watch::Sender<bool>) {
    let (open, opened) = watch::channel(false);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = axum::Router::new().fallback(pass).with_state(Arc::new(Gate { inside, opened }));
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    (address, open)
}

async fn pass(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    if request.uri().path().starts_with("/demo/") {
        gate.opened.clone().wait_for(|opened| *opened).await.unwrap();
    }
    let answer = reqwest::get(format!("http://{}{}", gate.inside, request.uri())).await.unwrap();
    let kind = answer.headers()["content-type"].clone();
    ([(axum::http::header::CONTENT_TYPE, kind)], axum::body::Body::from_stream(answer.bytes_stream())).into_response()
}

#[tokio::test]
async fn the_page_says_that_it_connects_until_there_is_a_chat_to_show() {
    let Some(mut theatre) = Theatre::open() else { return };
    let (address, open) = gate(theatre.address.clone()).await;
    theatre.address = address;
    let mut pages = Vec::new();
    for size in [(390, 844), (1280, 800)] {
        let page = theatre.visit("person=1003", Window::light(size.0, size.1)).await;
        until(&page, "document.querySelector('.connecting')?.innerText.trim() === 'Connecting…'").await;
        assert!(find(&page, ".connecting").await.is_displayed().await.unwrap());
        screenshot(&page, &format!("connecting-{}", size.0)).await;
        pages.push(page);
    }
    open.send(true).unwrap();
    for page in pages {
        until(&page, "!document.querySelector('.connecting') && document.querySelector('.description')?.textContent").await;
        click(&page, "[data-testid=guide-close]").await;
        page.close().await.unwrap();
    }
}

#[tokio::test]
async fn who_writes_to_a_server_that_is_gone_is_told_in_their_language_and_keeps_the_text() {
    let Some(mut theatre) = Theatre::open() else { return };
    let page = theatre.visit("person=1001", Window::light(390, 844)).await;
    let claire = Visit::new(page.clone(), Language::Fr, 1001, "claire@example.org", 390);
    claire.say("/help").await;
    claire.button(&claire.label("button-menu")).await;
    theatre.end_demo();
    until(&page, "!document.querySelector('#lost').hidden").await;
    claire.say("/cards").await;
    until(&page, "document.querySelector('.toast')?.textContent === 'Le guichet ne répond pas. Réessayez dans un instant.'").await;
    until(&page, "document.querySelector('[data-testid=message-input]').value === '/cards'").await;
    screenshot(&page, "server-gone").await;
    page.close().await.unwrap();
}
