//! How much memory a state needs and how much there is, asked before anything is allocated.

use crate::error::ExecutorError;
use crate::real::Real;

/// Bytes of a large page.
#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 1 << 21;

/// Bytes of the amplitudes of a state in precision `R`; saturates at `u128::MAX`.
pub fn memory_needed<R: Real>(qubits: usize) -> u128 {
    let amplitude = 2 * size_of::<R>() as u128;
    if qubits >= 120 { u128::MAX } else { amplitude << qubits }
}

/// Bytes that can be allocated now: what the system says is available, and no more than the process's control
/// group still allows. `u128::MAX` where the system does not tell.
pub fn memory_available() -> u128 {
    let system = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_in(&text));
    let group = || -> Option<u128> {
        let read = |name: &str| std::fs::read_to_string(format!("/sys/fs/cgroup/memory.{name}")).ok();
        let number = |text: String| text.trim().parse::<u128>().ok();
        Some(number(read("max")?)?.saturating_sub(number(read("current")?)?))
    };
    system.unwrap_or(u128::MAX).min(group().unwrap_or(u128::MAX))
}

/// Asks the system for large pages where the memory of a vector has not been touched yet: strides across a large
/// state miss fewer translations of addresses. What it answers matters for speed only.
pub(crate) fn prefer_large_pages<T>(vector: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 1 << 12;
        let spare = vector.spare_capacity_mut();
        let (start, bytes) = (spare.as_mut_ptr(), size_of_val(spare));
        let skipped = start.align_offset(PAGE).saturating_mul(size_of::<T>());
        if let Some(bytes) = bytes.checked_sub(skipped).filter(|&bytes| bytes >= LARGE_PAGE) {
            let whole = bytes / PAGE * PAGE;
            // SAFETY: the pages are the vector's own, and the advice changes nothing that can be read from them.
            #[expect(unsafe_code, reason = "the system is told about memory by its address")]
            unsafe {
                libc::madvise(start.cast::<u8>().add(skipped).cast(), whole, libc::MADV_HUGEPAGE);
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = vector;
}

/// Refuses a state that needs more than `available` bytes.
pub(crate) fn check_memory<R: Real>(qubits: usize, available: u128) -> Result<(), ExecutorError> {
    let needed = memory_needed::<R>(qubits);
    if needed > available || qubits >= usize::BITS as usize - 5 {
        return Err(ExecutorError::Memory { qubits, needed, available });
    }
    Ok(())
}

/// `MemAvailable` of `/proc/meminfo`, in bytes.
fn available_in(text: &str) -> Option<u128> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u128>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact_and_saturate() {
        assert_eq!(memory_needed::<f64>(0), 16);
        assert_eq!(memory_needed::<f32>(10), 8 << 10);
        assert_eq!(memory_needed::<f64>(60), 16 << 60);
        assert_eq!(memory_needed::<f64>(usize::MAX), u128::MAX);
    }

    #[test]
    fn the_available_memory_is_read_in_bytes() {
        assert_eq!(available_in("MemTotal: 9 kB\nMemAvailable:   24 kB\n"), Some(24 * 1024));
        assert_eq!(available_in("MemTotal: 9 kB\n"), None);
    }

    #[test]
    fn too_large_states_are_refused_whatever_is_available() {
        let refused = check_memory::<f64>(70, u128::MAX);
        assert!(matches!(refused, Err(ExecutorError::Memory { qubits: 70, .. })));
    }
}
