// LightGBM
