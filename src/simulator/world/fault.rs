//! Faults on order: what a test wants to go wrong, for which calls, and how often.

use std::time::Duration;

/// An ordered fault.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The method it strikes, in any case; `None` is every method but `getUpdates`, which must be named.
    pub method: Option<&'static str>,
    /// The chat it strikes; `None` is any, and calls without a chat.
    pub chat: Option<i64>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many calls it strikes.
    pub times: u32,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with the seconds to wait; the call is not carried out.
    TooManyRequests {
        /// Seconds.
        retry_after: u32,
    },
    /// A status such as 502; the call is not carried out.
    ServerError(u16),
    /// The connection closes without an answer; the call is not carried out.
    Reset,
    /// The call is carried out, then the connection closes without an answer.
    LoseAnswer,
    /// The call waits so long on the real clock, then all is well.
    Slow(Duration),
}

/// The faults that wait, in the order they were given.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub fn order(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.0.push(fault);
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that strikes this call, if any; the oldest first.
    pub fn take(&mut self, method: &str, chat: Option<i64>) -> Option<FaultKind> {
        let strikes = |fault: &Fault| {
            let method_fits = fault.method.map_or(!method.eq_ignore_ascii_case("getUpdates"), |name| name.eq_ignore_ascii_case(method));
            method_fits && (fault.chat.is_none() || fault.chat == chat)
        };
        let index = self.0.iter().position(strikes)?;
        let fault = &mut self.0[index];
        fault.times -= 1;
        let kind = fault.kind.clone();
        if fault.times == 0 {
            self.0.remove(index);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_what_it_names_as_often_as_ordered() {
        let mut faults = Faults::default();
        faults.order(Fault { method: Some("sendMessage"), chat: Some(7), kind: FaultKind::Reset, times: 1 });
        faults.order(Fault { method: None, chat: None, kind: FaultKind::ServerError(502), times: 2 });
        assert_eq!(faults.take("getupdates", None), None);
        assert_eq!(faults.take("SendMessage", Some(8)), Some(FaultKind::ServerError(502)));
        assert_eq!(faults.take("SendMessage", Some(7)), Some(FaultKind::Reset));
        assert_eq!(faults.take("getme", None), Some(FaultKind::ServerError(502)));
        assert_eq!(faults.take("getme", None), None);
    }
}
