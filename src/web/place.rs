//! The place on the web that a request comes from, as limits count it: an IPv4 address, or an IPv6 network of 64 bits, since who has
//! one address there has them all.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where a request comes from: its peer or, where that is a trusted proxy, whom the last proxy that is not trusted speaks for. What
/// stands further to the left is anybody's word.
pub(super) fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> String {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut place = peer.ip().to_canonical();
    let told = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|value| value.to_str().ok()).flat_map(|value| value.rsplit(','));
    for hop in told {
        let Some(hop) = is_trusted(&place).then(|| address(hop)).flatten() else { break };
        place = hop;
    }
    match place {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

/// An address as proxies write it, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    parsed.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn place(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let headers = forwarded.iter().map(|value| (FORWARDED_FOR, HeaderValue::from_str(value).unwrap()));
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| assert!(map.append(name, value) || map.len() == 1));
        of(peer.parse().unwrap(), &map, &trusted)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(place("203.0.113.7:1", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(place("10.0.0.1:1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(place("10.0.0.1:1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_stranger_says_of_others_is_not_believed() {
        assert_eq!(place("10.0.0.1:1", &["192.0.2.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(place("10.0.0.1:1", &["192.0.2.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(place("10.0.0.1:1", &["192.0.2.1, nonsense"]), "10.0.0.1");
    }

    #[test]
    fn a_network_of_64_bits_is_one_place() {
        assert_eq!(place("[2001:db8:1:2:3::1]:1", &[]), place("[2001:db8:1:2:ffff::9]:1", &[]));
        assert_ne!(place("[2001:db8:1:2::1]:1", &[]), place("[2001:db8:1:3::1]:1", &[]));
        assert_eq!(place("[::ffff:203.0.113.7]:1", &[]), "203.0.113.7");
        assert_eq!(place("[fd00::1]:1", &["[2001:db8::5]:443"]), "2001:db8::");
    }
}
