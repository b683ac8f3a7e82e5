"""Display pictures: values to uint8 colours."""
