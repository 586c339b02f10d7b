//! The `Application Specific Information` attribute (KMIP 1.0, 3.30).
//!
//! May touch: nothing.

structure! {
    /// A label of an application: a namespace and data in it (KMIP 1.0, 3.30).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct ApplicationSpecificInformation {
        /// Whose label it is, for instance `strongroom-store`.
        namespace: String = APPLICATION_NAMESPACE,
        /// What it says. Absent: the server makes it up (KMIP 1.3 on; required before).
        data: Option<String> = APPLICATION_DATA,
    }
}

impl ApplicationSpecificInformation {
    /// The label `data` in `namespace`.
    #[must_use]
    pub fn new(namespace: impl Into<String>, data: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            data: Some(data.into()),
        }
    }
}
