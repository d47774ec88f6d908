using System.Globalization;

namespace HiEndMae.Bench.Processes;

/// <summary>A sweep of the smallest stages that the program can run: one step of a network with a width of 6.</summary>
internal static class TinySweep
{
    /// <summary>Returns the experiment file.</summary>
    /// <param name="stages">Number of stages, each with its own seed.</param>
    /// <param name="slurm">Lines of the table [slurm].</param>
    public static string Of(int stages, string slurm = "") => $"""
        name = "tiny"
        device = "cpu"
        threads = 1
        [encoder]
        plugin = "vit3d"
        embed_dim = 6
        depth = 1
        num_heads = 1
        patch_size = 8
        [pretrain]
        steps = 1
        log_every = 1
        [pretrain.decoder]
        plugin = "mae"
        embed_dim = 6
        num_heads = 1
        [pretrain.data]
        plugin = "phantom"
        grid = 16
        voxel_mm = 12.0
        spacing_mm = 12.0
        num_pretraining = 1
        crop = 16
        volumes = 1
        crops_per_volume = 1
        [slurm]
        {slurm}
        [sweep]
        seed = [{string.Join(", ", Enumerable.Range(0, stages).Select(i => i.ToString(CultureInfo.InvariantCulture)))}]
        """;
}
