//! The members of zip archives, in which PACS and research archives hand out studies.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use crate::FileProblem;
use crate::source::{ArchiveMember, GrowingBuffer, ObjectSource};

/// First bytes of a zip archive that is not empty.
const ZIP_MARK: &[u8; 4] = b"PK\x03\x04";

/// Whether a file is a zip archive, whatever its name.
pub(crate) fn is_archive(source: &ObjectSource) -> bool {
    let begin = GrowingBuffer::open(source);
    begin.is_ok_and(|mut bytes| matches!(bytes.get(0, 4), Ok(Some(mark)) if mark == ZIP_MARK))
}

/// The files in an archive, each of them readable on its own or with the reason why not.
///
/// # Errors
/// When the archive's directory cannot be read.
pub(crate) fn members(archive: &Path) -> Result<Vec<Result<ObjectSource, FileProblem>>, String> {
    let file = File::open(archive).map_err(|e| e.to_string())?;
    let mut zip = ZipArchive::new(BufReader::new(file))
        .map_err(|e| format!("the zip archive cannot be read: {e}"))?;
    let path: Arc<Path> = archive.into();
    let problem = |name: &str, reason: String| {
        let file = format!("{}:{name}", archive.display());
        Err(FileProblem { file, reason })
    };
    let mut members = Vec::with_capacity(zip.len());
    for index in 0..zip.len() {
        let entry = match zip.by_index_raw(index) {
            Ok(entry) => entry,
            Err(error) => {
                members.push(problem(&format!("member {index}"), error.to_string()));
                continue;
            }
        };
        if !entry.is_file() {
            continue;
        }
        let name = entry.name().to_owned();
        let deflated = match entry.compression() {
            _ if entry.encrypted() => {
                let reason = "it is encrypted; unpack the archive first";
                members.push(problem(&name, reason.to_owned()));
                continue;
            }
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            other => {
                let reason = format!("compression {other} is not supported; unpack the archive");
                members.push(problem(&name, reason));
                continue;
            }
        };
        let member = ArchiveMember {
            offset: entry.data_start(),
            packed_len: entry.compressed_size(),
            len: entry.size(),
            crc32: entry.crc32(),
            deflated,
            name,
        };
        members.push(Ok(ObjectSource::member(Arc::clone(&path), member)));
    }
    Ok(members)
}
