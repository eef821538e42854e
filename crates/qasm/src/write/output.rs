//! Buffered text: statements are assembled in memory and leave in large pieces.

use std::io;

const FLUSH_AT: usize = 1 << 16;

/// Collects bytes and passes them on in pieces of about 64 KiB.
pub(super) struct Output<'w, W: io::Write> {
    destination: &'w mut W,
    pub(super) buffer: Vec<u8>,
}

impl<'w, W: io::Write> Output<'w, W> {
    pub(super) fn new(destination: &'w mut W) -> Self {
        Output { destination, buffer: Vec::with_capacity(FLUSH_AT + FLUSH_AT / 4) }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// Ends a line, and passes the buffer on when it is full.
    pub(super) fn end_line(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        if self.buffer.len() >= FLUSH_AT { self.drain() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.drain()?;
        self.destination.flush()
    }

    fn drain(&mut self) -> io::Result<()> {
        self.destination.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// The names of qubits or bits, in one allocation.
pub(super) struct Labels {
    text: String,
    ends: Vec<usize>,
}

impl Labels {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        let mut labels = Labels { text: String::new(), ends: vec![0] };
        for name in names {
            labels.text.push_str(&name);
            labels.ends.push(labels.text.len());
        }
        labels
    }

    pub(super) fn get(&self, position: usize) -> &str {
        &self.text[self.ends[position]..self.ends[position + 1]]
    }
}
