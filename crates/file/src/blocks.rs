//! Reads blocks of chunks, lets threads work on them, writes them in order.
//!
//! May touch: the reader and the writer that it is given; threads of its own, which end before it
//! returns.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use strongroom_cipher::TAG_LEN;
use strongroom_cipher::chunked::{CHUNK_LEN, CHUNKS_MAX, SEALED_CHUNK_LEN};

use crate::layout::octets;

/// Chunks of a block: enough work to be worth a message between threads.
pub(crate) const BLOCK_CHUNKS: usize = 32;

/// How many threads seal or open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The calling thread alone.
    pub const ONE: Self = Self(NonZeroUsize::MIN);

    /// So many, at most 64; reading and writing have a thread each beside them.
    #[must_use]
    pub fn new(threads: NonZeroUsize) -> Self {
        Self(threads.min(NonZeroUsize::new(64).unwrap_or(threads)))
    }

    /// As many as the machine has processors for this process.
    #[must_use]
    pub fn all() -> Self {
        thread::available_parallelism().map_or(Self::ONE, Self::new)
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::all()
    }
}

/// Told how many octets of plaintext are written so far. Called from the writing thread.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

/// Chunks that follow one another. They are read into the places where they are sealed or opened, and
/// written from there: nothing is copied in between.
#[derive(Default)]
pub(crate) struct Block {
    /// Number of the first chunk.
    pub(crate) first: u64,
    /// [`BLOCK_CHUNKS`] places, each for a chunk with its tag.
    octets: Vec<u8>,
    /// Octets that were read.
    read: usize,
    /// Octets that are to be written.
    written: usize,
    /// Nothing was left to read behind it.
    pub(crate) is_last: bool,
}

/// In which form octets come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Without tags: of each place only the front.
    Plain,
    /// With them: place after place.
    Sealed,
}

impl Form {
    /// Octets of a whole chunk.
    const fn chunk_len(self) -> usize {
        match self {
            Self::Plain => CHUNK_LEN,
            Self::Sealed => SEALED_CHUNK_LEN,
        }
    }

    const fn block_len(self) -> usize {
        BLOCK_CHUNKS.saturating_mul(self.chunk_len())
    }
}

impl Block {
    /// Each chunk with its number and room for its tag: the last block has a short one at its end, which
    /// may be empty. What is `Sealed` may lack that, or a part of its tag.
    pub(crate) fn chunks(&mut self, read: Form) -> impl Iterator<Item = (u64, &mut [u8])> {
        let whole = self.read.checked_div(read.chunk_len()).unwrap_or_default();
        let rest = self.read.checked_rem(read.chunk_len()).unwrap_or_default();
        let rest = match read {
            Form::Plain => rest.saturating_add(TAG_LEN),
            Form::Sealed => rest,
        };
        let lens = std::iter::repeat_n(SEALED_CHUNK_LEN, whole);
        let lens = lens.chain(self.is_last.then_some(rest));
        let places = self.octets.chunks_mut(SEALED_CHUNK_LEN);
        (self.first..)
            .zip(places.zip(lens))
            .filter_map(|(at, (place, len))| Some((at, place.get_mut(..len)?)))
    }

    /// Says how many octets are to be written.
    pub(crate) fn set_written(&mut self, len: usize) {
        self.written = len;
    }

    /// Reads until the block is full; fewer octets are the last.
    fn fill(&mut self, from: &mut dyn Read, form: Form) -> io::Result<()> {
        let len = Form::Sealed.block_len();
        if self.octets.len() != len {
            self.octets.try_reserve_exact(len)?;
            self.octets.resize(len, 0);
        }
        let places = self.octets.chunks_mut(SEALED_CHUNK_LEN);
        let mut slices: Vec<_> = match form {
            Form::Plain => (places.filter_map(|place| place.get_mut(..CHUNK_LEN)))
                .map(IoSliceMut::new)
                .collect(),
            Form::Sealed => vec![IoSliceMut::new(&mut self.octets)],
        };
        let mut slices = &mut slices[..];
        self.read = 0;
        while self.read < form.block_len() {
            match from.read_vectored(slices) {
                Ok(0) => break,
                Ok(len) => {
                    self.read = self.read.saturating_add(len);
                    IoSliceMut::advance_slices(&mut slices, len);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.is_last = self.read < form.block_len();
        Ok(())
    }

    /// Writes what there is to write.
    fn pour(&self, to: &mut dyn Write, form: Form) -> io::Result<()> {
        if form == Form::Sealed {
            return to.write_all(self.octets.get(..self.written).unwrap_or_default());
        }
        let mut left = self.written;
        let mut slices: Vec<_> = (self.octets.chunks(SEALED_CHUNK_LEN))
            .map_while(|place| {
                let len = left.min(CHUNK_LEN);
                left = left.saturating_sub(len);
                place.get(..len).filter(|text| !text.is_empty())
            })
            .map(IoSlice::new)
            .collect();
        let mut slices = &mut slices[..];
        while !slices.is_empty() {
            match to.write_vectored(slices) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(len) => IoSlice::advance_slices(&mut slices, len),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Octets of plaintext.
    const fn plaintext_len(&self, reads: Form) -> usize {
        match reads {
            Form::Plain => self.read,
            Form::Sealed => self.written,
        }
    }

    /// Number of the first chunk of the block after this one.
    fn next(&self) -> Option<u64> {
        let next = self.first.checked_add(octets(BLOCK_CHUNKS))?;
        (next < CHUNKS_MAX).then_some(next)
    }
}

/// Why work stopped. `Work` is what the work itself found.
pub(crate) enum Stopped<E> {
    Read(io::Error),
    Write(io::Error),
    /// The numbers of the chunks do not suffice.
    TooLong,
    ThreadLost,
    Work(E),
}

/// What is done to a block, in place.
pub(crate) trait Work: Sync {
    type Error: Send;

    /// What is read; the other form is written.
    const READS: Form;
    /// What is written.
    const WRITES: Form;

    /// Works on each chunk and says how many octets are to be written: after a failure, those before it.
    fn work(&self, block: &mut Block) -> Result<(), Self::Error>;
}

/// Runs `from` through `work` into `to` and gives the octets of plaintext.
pub(crate) fn run<W: Work>(
    work: &W,
    (from, to): (&mut (dyn Read + Send), &mut dyn Write),
    threads: Threads,
    progress: Progress<'_>,
) -> Result<u64, Stopped<W::Error>> {
    let mut end = End {
        to,
        progress,
        done: 0,
    };
    if threads == Threads::ONE {
        one_by_one(work, from, &mut end)?;
    } else {
        side_by_side(work, from, &mut end, threads)?;
    }
    Ok(end.done)
}

/// Where blocks go.
struct End<'a> {
    to: &'a mut dyn Write,
    progress: Progress<'a>,
    done: u64,
}

impl End<'_> {
    fn take<W: Work>(&mut self, block: &Block) -> Result<(), Stopped<W::Error>> {
        (block.pour(self.to, W::WRITES)).map_err(Stopped::Write)?;
        let len = octets(block.plaintext_len(W::READS));
        self.done = self.done.saturating_add(len);
        (self.progress)(self.done);
        Ok(())
    }
}

fn one_by_one<W: Work>(
    work: &W,
    from: &mut dyn Read,
    end: &mut End<'_>,
) -> Result<(), Stopped<W::Error>> {
    let mut block = Block::default();
    while !block.is_last {
        block.fill(from, W::READS).map_err(Stopped::Read)?;
        let worked = work.work(&mut block);
        end.take::<W>(&block)?;
        worked.map_err(Stopped::Work)?;
        block.first = block.next().ok_or(Stopped::TooLong)?;
    }
    Ok(())
}

/// A block, and what became of it.
type Done<E> = (Block, Result<(), Stopped<E>>);

/// A block to be worked on, and who waits for it.
type Job<E> = (Block, SyncSender<Done<E>>);

fn side_by_side<W: Work>(
    work: &W,
    from: &mut (dyn Read + Send),
    end: &mut End<'_>,
    Threads(threads): Threads,
) -> Result<(), Stopped<W::Error>> {
    // What is read ahead, and so the memory, is bounded by these two.
    let ahead = threads.get().saturating_mul(2);
    let (in_order, order) = mpsc::sync_channel(ahead);
    let (jobs, queue) = mpsc::sync_channel::<Job<W::Error>>(ahead);
    let (spare, spares) = mpsc::channel();
    let queue = &Mutex::new(queue);
    thread::scope(|scope| {
        let builder = |name: &str| thread::Builder::new().name(name.to_owned());
        let lost = |_| Stopped::ThreadLost;
        for _ in 0..threads.get() {
            builder("strongroom-file")
                .spawn_scoped(scope, || work_off(work, queue))
                .map_err(lost)?;
        }
        builder("strongroom-read")
            .spawn_scoped(scope, move || {
                read_ahead(W::READS, from, (&jobs, &in_order), &spares);
            })
            .map_err(lost)?;
        // Ends `order` when it returns, and with it the reader and then the workers.
        write_in_order::<W>(order, &spare, end)
    })
}

/// Reads blocks until the last one, or until nobody takes them any more.
fn read_ahead<E>(
    form: Form,
    from: &mut dyn Read,
    (jobs, in_order): (&SyncSender<Job<E>>, &SyncSender<Receiver<Done<E>>>),
    spares: &Receiver<Block>,
) {
    let mut first = Some(0);
    loop {
        let mut block = spares.try_recv().unwrap_or_default();
        let (reply, done) = mpsc::sync_channel(1);
        if in_order.send(done).is_err() {
            return;
        }
        let stopped = match first {
            Some(number) => {
                block.first = number;
                (block.fill(from, form).err()).map(Stopped::Read)
            }
            None => Some(Stopped::TooLong),
        };
        if let Some(stopped) = stopped {
            block.set_written(0);
            // The writer may have given up; then nobody wants to know.
            let _gone = reply.send((block, Err(stopped)));
            return;
        }
        let is_last = block.is_last;
        first = block.next();
        if jobs.send((block, reply)).is_err() || is_last {
            return;
        }
    }
}

fn work_off<W: Work>(work: &W, queue: &Mutex<Receiver<Job<W::Error>>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((mut block, reply)) = job else { return };
        let worked = work.work(&mut block).map_err(Stopped::Work);
        let _gone = reply.send((block, worked));
    }
}

fn write_in_order<W: Work>(
    order: Receiver<Receiver<Done<W::Error>>>,
    spare: &Sender<Block>,
    end: &mut End<'_>,
) -> Result<(), Stopped<W::Error>> {
    for done in order {
        let (block, worked) = done.recv().map_err(|_| Stopped::ThreadLost)?;
        end.take::<W>(&block)?;
        worked?;
        if block.is_last {
            return Ok(());
        }
        let _gone = spare.send(block);
    }
    Err(Stopped::ThreadLost)
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("first", &self.first)
            .field("is_last", &self.is_last)
            .finish_non_exhaustive()
    }
}
