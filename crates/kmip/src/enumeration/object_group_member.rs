//! `Object Group Member`: which members of a group Locate looks at (KMIP 1.1, 9.1.3.2).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Which members of a group Locate looks at (KMIP 1.1, 9.1.3.2).
    ObjectGroupMember {
        GROUP_MEMBER_FRESH = 0x01, "Group Member Fresh", V1_1;
        GROUP_MEMBER_DEFAULT = 0x02, "Group Member Default", V1_1;
    }
}
