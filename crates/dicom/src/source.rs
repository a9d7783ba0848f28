//! Where the bytes of one DICOM object lie: in a file of their own, or in a zip archive.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::DeflateDecoder;

/// A DICOM object's place on disk.
///
/// Ordered by path and then by member, so that sorted lists do not depend on the order in which
/// a file system hands out its entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectSource {
    path: Arc<Path>,
    member: Option<Arc<ArchiveMember>>,
}

/// A file inside a zip archive, with what is needed to read it without the archive's directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ArchiveMember {
    /// Name inside the archive.
    pub name: String,
    /// Offset of its (compressed) bytes in the archive.
    pub offset: u64,
    /// Bytes it takes in the archive.
    pub packed_len: u64,
    /// Bytes it has when unpacked.
    pub len: u64,
    /// CRC-32 of the unpacked bytes.
    pub crc32: u32,
    /// Whether it is deflated, otherwise stored as it is.
    pub deflated: bool,
}

impl ObjectSource {
    /// A file of its own.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into().into(),
            member: None,
        }
    }

    pub(crate) fn member(archive: Arc<Path>, member: ArchiveMember) -> Self {
        Self {
            path: archive,
            member: Some(Arc::new(member)),
        }
    }

    /// The file on disk: the object itself, or the archive that holds it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the object inside its archive.
    pub fn member_name(&self) -> Option<&str> {
        self.member.as_ref().map(|m| m.name.as_str())
    }

    /// Number of bytes of the (unpacked) object.
    pub(crate) fn len(&self) -> io::Result<u64> {
        match &self.member {
            Some(member) => Ok(member.len),
            None => Ok(self.path.metadata()?.len()),
        }
    }

    /// A stream of the (unpacked) object from its first byte.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(&self.path)?;
        let Some(member) = &self.member else {
            return Ok(Box::new(file));
        };
        file.seek(SeekFrom::Start(member.offset))?;
        let packed = file.take(member.packed_len);
        Ok(if member.deflated {
            Box::new(DeflateDecoder::new(BufReader::new(packed)).take(member.len))
        } else {
            Box::new(packed)
        })
    }

    /// The file and offset where the object's bytes lie unpacked, where they do.
    pub(crate) fn plain_position(&self) -> Option<(&Path, u64)> {
        match &self.member {
            None => Some((&self.path, 0)),
            Some(member) if !member.deflated => Some((&self.path, member.offset)),
            Some(_) => None,
        }
    }

    /// Reads `buffer.len()` bytes of the object from `offset` on.
    pub(crate) fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if let Some((path, start)) = self.plain_position() {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(start + offset))?;
            return file.read_exact(buffer);
        }
        let mut stream = self.open()?;
        io::copy(&mut stream.by_ref().take(offset), &mut io::sink())?;
        stream.read_exact(buffer)
    }

    /// The whole (unpacked) object.
    pub(crate) fn read_all(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes)?;
        if let Some(member) = &self.member {
            let mut crc = flate2::Crc::new();
            crc.update(&bytes);
            if bytes.len() as u64 != member.len || crc.sum() != member.crc32 {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the archive's checksum does not fit this member",
                ));
            }
        }
        Ok(bytes)
    }
}

impl fmt::Display for ObjectSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match self.member_name() {
            Some(member) => write!(f, ":{member}"),
            None => Ok(()),
        }
    }
}

/// A stream's beginning, read no further than asked for.
pub(crate) struct GrowingBuffer {
    stream: Box<dyn Read + Send>,
    bytes: Vec<u8>,
    len: u64,
}

/// How much is read at once: most headers of one slice fit.
const CHUNK: usize = 16 * 1024;

impl GrowingBuffer {
    pub(crate) fn open(source: &ObjectSource) -> io::Result<Self> {
        Ok(Self {
            stream: source.open()?,
            bytes: Vec::new(),
            len: source.len()?,
        })
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            stream: Box::new(io::empty()),
            len: bytes.len() as u64,
            bytes,
        }
    }

    /// Number of bytes of the whole object.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The bytes `start..start + count`; `None` where the object ends before.
    pub(crate) fn get(&mut self, start: usize, count: usize) -> io::Result<Option<&[u8]>> {
        let Some(end) = start.checked_add(count).filter(|e| *e as u64 <= self.len) else {
            return Ok(None);
        };
        if self.bytes.len() < end {
            // Growing by half of what is there keeps long headers from being read in crumbs.
            let wanted = (end + CHUNK).max(self.bytes.len() * 3 / 2) - self.bytes.len();
            self.stream
                .by_ref()
                .take(wanted as u64)
                .read_to_end(&mut self.bytes)?;
        }
        Ok(self.bytes.get(start..end))
    }

    /// The rest of the object, read to its end.
    pub(crate) fn into_rest(mut self, start: usize) -> io::Result<Vec<u8>> {
        self.stream.read_to_end(&mut self.bytes)?;
        Ok(self.bytes.split_off(start.min(self.bytes.len())))
    }
}
