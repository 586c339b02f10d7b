//! Error classes: one exit code each. Touches nothing.

use std::fmt;

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $word:literal, $meaning:literal, $mend:literal;)*) => {
        /// What kind of trouble an [`Error`](crate::Error) is; each kind has one exit code.
        ///
        /// The table for operators is `docs/operate/exit-codes.md`; a test keeps it equal to this one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Class { $($(#[$doc])* $name,)* }

        impl Class {
            /// Every class, by rising exit code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The process exit code, 1 to 255.
            #[must_use]
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$name => $code,)* }
            }

            /// A short fixed word for scripts.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// What an operator does about it.
            #[must_use]
            pub const fn mend(self) -> &'static str {
                match self { $(Self::$name => $mend,)* }
            }
        }
    };
}

classes! {
    /// A check failed, or something that should not happen did.
    CheckFailed = 1, "check-failed",
        "A check that the command makes at its end failed.",
        "Read the line that says which check; keep the directory as it is and report it.";
    /// The command line, the configuration or a file that it names is wrong.
    Configuration = 2, "configuration",
        "The command line, the configuration or a file that it names is wrong.",
        "Correct the option or the file that the message names; nothing was changed.";
    /// No listed key server could be reached in time.
    Unreachable = 3, "key-server-unreachable",
        "No listed key server could be reached, or none answered in time.",
        "Check kmipServerName, kmipPort, the network and that the key server runs; then run the command again.";
    /// TLS or authentication with the key server failed.
    Tls = 4, "tls-or-authentication",
        "TLS or the client certificate was refused, by us or by the key server.",
        "The message names the certificate and the mend; verification cannot be switched off.";
    /// The key server understood the request and refused it.
    Refused = 5, "key-server-refused",
        "The key server understood the request and refused it.",
        "Give the client certificate's identity the right to the operation that the message names.";
    /// The key is on none of the listed key servers.
    KeyNotFound = 6, "key-not-found",
        "The key that was asked for is on none of the listed key servers.",
        "Restore the key on the key server, or correct kmipKeyIdentifier; no new key is made while a keystore exists.";
    /// The key is there but its state forbids its use, or it is not a fitting key.
    KeyState = 7, "key-state",
        "The master key is there, but its state, kind or owner forbids its use.",
        "Activate the key, name another one, or rotate away from it.";
    /// The key does not open this keystore.
    WrongMasterKey = 8, "wrong-master-key",
        "The key server returned a key that is not the one this keystore was sealed under.",
        "Ask who replaced the key on the key server; the keystore is undamaged.";
    /// Both copies of the keystore are damaged.
    DamagedKeystore = 9, "damaged-keystore",
        "The keystore is damaged: no copy is whole, or `keystore verify` found a bad one.",
        "Put back keystore.a and keystore.b from a backup; the data files were not touched.";
    /// `doctor` found warnings only.
    Warnings = 10, "warnings",
        "Nothing is broken, but there is something to look at.",
        "Read the warnings.";
    /// Another process holds the directory.
    Locked = 11, "locked",
        "Another process works on this directory.",
        "Stop it or wait for it; `status`, `rotate`, `keys` and `backups` act on a store that its process serves at a socket, `file` and `master destroy` need the store to themselves. The lock goes when the process ends, whatever is left on disk.";
    /// Data failed authentication.
    Integrity = 12, "integrity",
        "A data file, a key or a server store failed authentication.",
        "Restore the file that the message names from a backup; nothing of it was served.";
    /// A rotation is under way and not finished.
    InterruptedRotation = 13, "interrupted-rotation",
        "A master key rotation is not finished; the store opens all the same.",
        "Run `strongroom rotate` again when the cause that the message names is gone.";
    /// Data files without a keystore.
    KeystoreLost = 14, "keystore-lost",
        "The directory holds other files, but no keystore.",
        "Put back keystore.a and keystore.b from a backup, or give an empty directory; a new keystore is never made beside other files.";
    /// The keystore is another store's, or forged.
    ForeignKeystore = 15, "foreign-keystore",
        "The keystore is another store's, or was changed by somebody who does not hold its keys.",
        "Put back this store's own keystore; find out who wrote the other one.";
    /// The disk refused.
    Storage = 16, "storage",
        "The disk is full, or a file could not be read or written.",
        "Make room or mend permissions; the old state is still there and opens.";
    /// A reply was lost.
    OutcomeUnknown = 17, "outcome-unknown",
        "A request was sent to the key server and its reply was lost.",
        "Run the command again; it never repeats the request, and goes on from what it finds.";
    /// Input data was refused.
    Input = 18, "input",
        "The input data was refused; none of it was written.",
        "Correct the line that the message names.";
    /// Something still needs the key.
    KeyNeeded = 19, "key-needed",
        "A master key was not destroyed: the keystore, a registered backup or an older master key still needs it.",
        "Do what the message names first: rotate, forget the backup, or destroy the older key.";
    /// The keystore is sealed under a retired master key.
    RetiredMaster = 20, "retired-master",
        "The keystore is sealed under a master key that is Deactivated, Compromised, Destroyed or gone: it was put back, or forged, or somebody revoked the key.",
        "Put back the newest keystore.a and keystore.b; if they are the newest, ask who revoked the key. An old backup goes on with `strongroom unlock --restore`.";
    /// The keystore is not the pinned one.
    PinMismatch = 21, "pin-mismatch",
        "The keystore is not the one that the file masterKeyPin pins, or that file is damaged.",
        "Put back the newest keystore.a and keystore.b. Remove the pin file only when you know that this keystore is the right one.";
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn codes_are_distinct_and_rise() {
        let codes: Vec<u8> = Class::ALL.iter().map(|class| class.exit_code()).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_operators_table_is_this_table() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/operate/exit-codes.md"
        );
        let Ok(page) = std::fs::read_to_string(path) else {
            // A packaged crate has no docs folder beside it.
            return;
        };
        for class in Class::ALL {
            let row = format!(
                "| {} | {} | {} | {} |",
                class.exit_code(),
                class.word(),
                class.meaning(),
                class.mend()
            );
            assert!(page.contains(&row), "missing in exit-codes.md: {row}");
        }
    }
}
