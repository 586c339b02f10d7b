//! Reads blocks of chunks, lets threads work on them, writes them in order.
//!
//! May touch: the reader and the writer that it is given; threads of its own, which end before it
//! returns.

use std::fmt;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

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

/// Chunks that follow one another, and what they become.
#[derive(Default)]
pub(crate) struct Block {
    /// Number of the first chunk.
    pub(crate) first: u64,
    /// What was read.
    pub(crate) input: Vec<u8>,
    /// What will be written.
    pub(crate) output: Vec<u8>,
    /// Nothing was left to read behind it.
    pub(crate) is_last: bool,
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

/// What is done to a block: fills `output` from `input`. What stands in `output` after a failure is
/// still written.
pub(crate) trait Work: Sync {
    type Error: Send;

    /// Octets of a block that is not the last.
    fn block_len(&self) -> usize;

    fn work(&self, block: &mut Block) -> Result<(), Self::Error>;

    /// Octets of plaintext in a block that was worked on.
    fn plaintext_len(&self, block: &Block) -> usize;
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
    fn take<W: Work>(&mut self, work: &W, block: &Block) -> Result<(), Stopped<W::Error>> {
        self.to.write_all(&block.output).map_err(Stopped::Write)?;
        let len = u64::try_from(work.plaintext_len(block)).unwrap_or(u64::MAX);
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
        fill(&mut block, from, work.block_len()).map_err(Stopped::Read)?;
        let worked = work.work(&mut block);
        end.take(work, &block)?;
        worked.map_err(Stopped::Work)?;
        block.first = next(&block).ok_or(Stopped::TooLong)?;
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
                read_ahead(work.block_len(), from, (&jobs, &in_order), &spares);
            })
            .map_err(lost)?;
        // Ends `order` when it returns, and with it the reader and then the workers.
        write_in_order(work, order, &spare, end)
    })
}

/// Reads blocks until the last one, or until nobody takes them any more.
fn read_ahead<E>(
    block_len: usize,
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
                (fill(&mut block, from, block_len).err()).map(Stopped::Read)
            }
            None => Some(Stopped::TooLong),
        };
        if let Some(stopped) = stopped {
            block.output.clear();
            // The writer may have given up; then nobody wants to know.
            let _gone = reply.send((block, Err(stopped)));
            return;
        }
        let is_last = block.is_last;
        first = next(&block);
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
    work: &W,
    order: Receiver<Receiver<Done<W::Error>>>,
    spare: &Sender<Block>,
    end: &mut End<'_>,
) -> Result<(), Stopped<W::Error>> {
    for done in order {
        let (block, worked) = done.recv().map_err(|_| Stopped::ThreadLost)?;
        end.take(work, &block)?;
        worked?;
        if block.is_last {
            return Ok(());
        }
        let _gone = spare.send(block);
    }
    Err(Stopped::ThreadLost)
}

/// Number of the first chunk of the block after this one.
fn next(block: &Block) -> Option<u64> {
    let chunks = u64::try_from(BLOCK_CHUNKS).ok()?;
    let next = block.first.checked_add(chunks)?;
    (next < strongroom_cipher::chunked::CHUNKS_MAX).then_some(next)
}

/// Reads a block; fewer octets than `block_len` are the last.
fn fill(block: &mut Block, from: &mut dyn Read, block_len: usize) -> io::Result<()> {
    let limit = u64::try_from(block_len).unwrap_or(u64::MAX);
    block.input.clear();
    block.input.try_reserve(block_len)?;
    from.take(limit).read_to_end(&mut block.input)?;
    block.is_last = block.input.len() < block_len;
    Ok(())
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("first", &self.first)
            .field("is_last", &self.is_last)
            .finish_non_exhaustive()
    }
}
