//! No page costs an allocation, taken or refused.

use strongroom_psmdb::{
    CBC_GROWTH_MAX, CbcIvs, CbcJob, CbcKey, GCM_GROWTH, GcmForm, GcmIvs, GcmKey,
};
use strongroom_secret::SecretBytes;
use strongroom_secret::count::{Counting, allocations};

#[global_allocator]
static COUNTING: Counting = Counting;

const PAGE: [u8; 4096] = [3; 4096];

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn cbc_allocates_nothing() {
    let key = CbcKey::new(&SecretBytes::copy_from(&[7; 32])).unwrap();
    let ivs = CbcIvs::new().unwrap();
    let mut rooms = [[0; 4096 + CBC_GROWTH_MAX]; 10];
    let mut page = PAGE;
    let count = allocations(|| {
        let mut jobs =
            (rooms.each_mut()).map(|room| CbcJob::new(ivs.next().unwrap(), &PAGE, room).unwrap());
        key.encrypt_batch(&mut jobs).unwrap();
        let len = key.encrypt_into(ivs.next().unwrap(), &PAGE, &mut rooms[0]);
        assert_eq!(
            key.decrypt_into(&rooms[0][..len.unwrap()], &mut page),
            Ok(4096)
        );
        rooms[0][0] ^= 1;
        assert!(key.decrypt_into(&rooms[0], &mut page).is_err());
        assert!(key.decrypt_in_place(&mut rooms[1]).is_ok());
        rooms[2][50] ^= 1;
        assert!(key.decrypt_in_place(&mut rooms[2]).is_err());
    });
    assert_eq!(count, 0);
}

#[test]
fn gcm_allocates_nothing() {
    let key = GcmKey::new(&SecretBytes::copy_from(&[7; 32])).unwrap();
    let ivs = GcmIvs::resume(0);
    ivs.raise(4096).unwrap();
    let mut room = [0; 4096 + GCM_GROWTH];
    let mut page = PAGE;
    let count = allocations(|| {
        for form in [GcmForm::Page, GcmForm::File] {
            key.seal_into(form, ivs.next().unwrap(), &PAGE, &mut room)
                .unwrap();
            assert_eq!(key.open_into(form, &room, &mut page), Ok(4096));
            assert!(key.open_in_place(form, &mut room).is_ok());
            assert!(key.open_in_place(form, &mut room).is_err());
            assert!(key.open_into(form, &room, &mut page).is_err());
        }
    });
    assert_eq!(count, 0);
}
