//! What is posted to the web pages' forms.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Fuzz;
use crate::counter::{ALICE, Counter};

/// How long the server may think before the other end gives up; a request that is not all there is never answered.
const THINKING: Duration = Duration::from_millis(150);

/// What comes back for these bytes on a connection of their own, and whether the server let go of it.
async fn answer(address: SocketAddr, request: &[u8]) -> (String, bool) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Who is refused early may be cut off while still writing, and read the answer nevertheless.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let over = tokio::time::timeout(THINKING, stream.read_to_end(&mut answer)).await.is_ok();
    (String::from_utf8_lossy(&answer).into_owned(), over)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_post_to_a_form_is_answered_and_nothing_comes_back_as_markup() {
    let counter = Counter::open().await;
    counter.asks_for_a_link(ALICE, "alice@example.org").await;
    let link = url::Url::parse(&counter.link()).unwrap();
    let address = counter.stage.app.pages_address();
    let mut fuzz = Fuzz::of("web", []);
    while let Some(input) = fuzz.next() {
        let request = replaced(&input, b"/LINK", link.path().as_bytes());
        let (answer, over) = answer(address, &request).await;
        let told = String::from_utf8_lossy(&request);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        assert!(status.is_none_or(|status| status < 500), "{answer}\n{told}");
        // A handler that panics is what lets go without a word.
        assert!(!over || status.is_some(), "no answer\n{told}");
        for code in ["<script", "\"><", "<b>", "onload="] {
            assert!(!answer.contains(code), "{answer}\n{told}");
        }
    }
    let alive = answer(address, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(alive.0.starts_with("HTTP/1.1 200"), "{}", alive.0);
    assert_eq!(counter.number("SELECT COUNT(*) FROM update_attempt").await, 0);
}

fn replaced(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with);
        rest = &rest[at + what.len()..];
    }
    out.extend_from_slice(rest);
    out
}
