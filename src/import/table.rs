//! Reads one CSV file (RFC 4180) line by line, so that a problem is told with its line and a quote left open swallows no more
//! than that line: no field of these files has room for a line break.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use csv_core::ReadRecordResult;

use super::Problems;
use super::rows::{Fields, FromRecord};
use crate::progress::Progress;
use crate::store::import::Kind;

/// The most bytes that a line can have; far more than any sound one.
const LONGEST: u64 = 64 * 1024;

const TOO_MANY: &str = "more columns than the header has; put a field that holds a comma in double quotes";

/// An open file of one kind of rows.
pub struct Table {
    kind: Kind,
    input: BufReader<File>,
    size: u64,
    read: u64,
    line: i64,
    bytes: Vec<u8>,
    record: Record,
}

/// The fields of one line.
#[derive(Default)]
pub struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Why a line is no record of its table, and the place in it (from 0) where that shows.
struct Malformed {
    column: usize,
    what: &'static str,
}

impl Table {
    /// Opens a file; `None` if it is not there.
    pub fn open(path: &Path, kind: Kind) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            // A folder that is not there has no files; that is told as an empty folder is.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let size = file.metadata()?.len();
        let input = BufReader::new(file);
        Ok(Some(Self { kind, input, size, read: 0, line: 0, bytes: Vec::new(), record: Record::default() }))
    }

    /// How far it has been read.
    pub fn progress(&self) -> Progress<'_> {
        Progress { step: "reading", file: self.kind.file(), done: self.read, all: self.size }
    }

    /// Reads the next `size` lines into `rows`, noting what is wrong with them; whether it is worth going on.
    pub fn chunk<R: FromRecord>(&mut self, size: usize, rows: &mut Vec<R>, problems: &mut Problems) -> io::Result<bool> {
        if self.line == 0 && !self.header(problems)? {
            return Ok(false);
        }
        for _ in 0..size {
            if problems.is_full() || !self.advance(problems)? {
                return Ok(false);
            }
            if self.bytes == b"\n" {
                continue;
            }
            match self.record.split(&self.bytes, self.kind.columns().len()) {
                Ok(()) => rows.extend(R::from_record(&mut Fields::new(self.kind, self.line, &self.record, problems))),
                Err(malformed) => self.note(malformed, problems),
            }
        }
        Ok(true)
    }

    /// Reads the header; whether it is the right one.
    fn header(&mut self, problems: &mut Problems) -> io::Result<bool> {
        if !self.advance(problems)? {
            if !problems.is_full() && self.read == 0 {
                self.line = 1;
                self.note(self.wrong_header(0), problems);
            }
            return Ok(false);
        }
        let columns = self.kind.columns();
        let outcome = self.record.split(&self.bytes, columns.len());
        let wrong = columns.iter().enumerate().position(|(place, name)| self.record.field(place) != Some(name.as_bytes()));
        match (wrong, outcome) {
            (Some(place), _) => self.note(self.wrong_header(place), problems),
            (None, Err(malformed)) => self.note(self.wrong_header(malformed.column), problems),
            (None, Ok(())) => return Ok(true),
        }
        Ok(false)
    }

    /// Reads the next line; whether there is one that can be read on from.
    fn advance(&mut self, problems: &mut Problems) -> io::Result<bool> {
        self.bytes.clear();
        let length = self.input.by_ref().take(LONGEST + 1).read_until(b'\n', &mut self.bytes)? as u64;
        self.read += length;
        self.line += i64::from(length > 0);
        if length > LONGEST {
            self.note(Malformed { column: 0, what: "longer than a line can be; write one row a line" }, problems);
        }
        end_line(&mut self.bytes);
        Ok((1..=LONGEST).contains(&length))
    }

    fn wrong_header(&self, column: usize) -> Malformed {
        let what = match self.kind {
            Kind::Account => "the header must be exactly `email,name,language,state,opened_on,password_hash`",
            Kind::Balance => "the header must be exactly `email,currency,amount`",
            Kind::Card => "the header must be exactly `card_ref,email,brand,last4,expires,linked_on`",
            Kind::Payment => "the header must be exactly `payment_ref,email,paid_at,merchant,amount,currency,status,card_last4`",
        };
        Malformed { column, what }
    }

    fn note(&self, malformed: Malformed, problems: &mut Problems) {
        let columns = self.kind.columns();
        let column = columns.get(malformed.column).or(columns.last()).copied().unwrap_or_default();
        problems.note(self.kind, self.line, column, malformed.what);
    }
}

impl Record {
    /// The bytes of the field at this place (from 0), without its quotes.
    pub fn field(&self, place: usize) -> Option<&[u8]> {
        let start = if place == 0 { 0 } else { *self.ends.get(place - 1)? };
        self.bytes.get(start..*self.ends.get(place)?)
    }

    /// Takes a line apart into exactly `columns` fields.
    fn split(&mut self, line: &[u8], columns: usize) -> Result<(), Malformed> {
        self.bytes.resize(line.len(), 0);
        self.ends.clear();
        self.ends.resize(columns + 1, 0);
        let (outcome, taken, _, found) = csv_core::Reader::new().read_record(line, &mut self.bytes, &mut self.ends);
        self.ends.truncate(found);
        let what = match outcome {
            ReadRecordResult::OutputEndsFull => TOO_MANY,
            ReadRecordResult::Record if taken < line.len() => "a line break within the line; remove it",
            ReadRecordResult::Record if found > columns => TOO_MANY,
            ReadRecordResult::Record if found < columns => "the line ends before this column; write every column, an empty one too",
            ReadRecordResult::Record => return Ok(()),
            _ => "a double quote is left open, or the field holds a line break; close the one, remove the other",
        };
        Err(Malformed { column: found, what })
    }
}

/// Writes every line's end as one line feed, so that a record ends there whatever wrote the file.
fn end_line(line: &mut Vec<u8>) {
    if line.pop_if(|byte| *byte == b'\n').is_some() {
        line.pop_if(|byte| *byte == b'\r');
    }
    line.push(b'\n');
}
