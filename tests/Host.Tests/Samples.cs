namespace HiEndMae.Host.Tests;

/// <summary>The smallest experiment that goes the whole road, in seconds.</summary>
internal static class Samples
{
    public const string Tiny = """
        name = "tiny"
        device = "cpu"

        [encoder]
        plugin = "vit3d"
        embed_dim = 24
        depth = 10
        num_heads = 2
        patch_size = 8

        [pretrain]
        steps = 4
        log_every = 1
        checkpoint_every = 2

        [pretrain.decoder]
        plugin = "hi-end-mae"
        embed_dim = 12
        num_heads = 2

        [pretrain.data]
        plugin = "phantom"
        grid = 24
        voxel_mm = 12.0
        spacing_mm = 12.0
        num_pretraining = 3
        crop = 16
        volumes = 2
        crops_per_volume = 1

        [finetune]
        init = ["scratch", "pretrain"]
        steps = 3
        log_every = 1
        checkpoint_every = 2

        [finetune.head]
        plugin = "unetr"
        feature_size = 2

        [finetune.data]
        plugin = "phantom"
        seed = 5
        grid = 24
        voxel_mm = 12.0
        spacing_mm = 12.0
        num_test = 1
        crop = 16
        crops_per_volume = 2
        flip_probability = 0.0
        rotate90_probability = 0.0

        [evaluate]
        overlap = 0.25
        """;

    /// <summary>Pre-training alone, with everything that a checkpoint can hold, saved every other step.</summary>
    public const string Pretraining = """
        name = "tiny"
        device = "cpu"
        threads = 1

        [encoder]
        plugin = "vit3d"
        embed_dim = 24
        depth = 2
        num_heads = 2
        patch_size = 8
        dropout = 0.1
        drop_path = 0.1

        [pretrain]
        steps = 4
        log_every = 1
        checkpoint_every = 2
        grad_accumulation = 2

        [pretrain.optimizer]
        ema_decay = 0.9
        grad_clip = 1.0

        [pretrain.decoder]
        plugin = "mae"
        embed_dim = 12
        num_heads = 2

        [pretrain.data]
        plugin = "phantom"
        grid = 24
        voxel_mm = 12.0
        spacing_mm = 12.0
        num_pretraining = 3
        crop = 16
        volumes = 2
        crops_per_volume = 1
        """;

    public const string Folder = """
        name = "folder"
        device = "cpu"
        [encoder]
        plugin = "vit3d"
        embed_dim = 24
        num_heads = 2
        patch_size = 8
        [pretrain]
        steps = 2
        [pretrain.decoder]
        plugin = "mae"
        embed_dim = 12
        num_heads = 2
        [pretrain.data]
        plugin = "nifti-folder"
        root = "scans"
        images = ["*.nii.gz"]
        crop = 16
        """;
}
