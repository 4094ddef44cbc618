//! Services: places in deliveries: taking, giving and giving back.
