#include "schedulers/unipc.h"

#include "base/error.h"
#include "schedulers/diffusion_grid.h"
#include "schedulers/sigma_spacing.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// Solves a small dense system by elimination with pivots.
std::vector<double> solve(std::vector<std::vector<double>> rows, std::vector<double> right) {
    const std::size_t n = right.size();
    for (std::size_t column = 0; column < n; ++column) {
        const auto larger = [&](std::size_t a, std::size_t b) {
            return std::abs(rows[a][column]) < std::abs(rows[b][column]);
        };
        std::size_t pivot = column;
        for (std::size_t row = column; row < n; ++row) {
            pivot = larger(pivot, row) ? row : pivot;
        }
        std::swap(rows[pivot], rows[column]);
        std::swap(right[pivot], right[column]);
        for (std::size_t row = 0; row < n; ++row) {
            if (row == column) {
                continue;
            }
            const double factor = rows[row][column] / rows[column][column];
            for (std::size_t k = column; k < n; ++k) {
                rows[row][k] -= factor * rows[column][k];
            }
            right[row] -= factor * right[column];
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        right[i] /= rows[i][i];
    }
    return right;
}

} // namespace

/// x_t = keep * x - gain * (m0 * phi_1 + b * sum(rho_k * D_k)) with D_k = (m_k - m0) / r_k; equation 9 of the
/// paper, written for x0 estimates m.
struct UniPc::Update {
    double keep = 0;
    double of_m0 = 0;           ///< alpha * (exp(-h) - 1)
    double of_rest = 0;         ///< alpha * B(h)
    std::vector<double> ratios; ///< r_k of the older estimates, newest first
    std::vector<double> right;  ///< of the system for rho, `order` values
};

// Note [the grid of UniPC]
// The sigmas are spaced from 1 to 1/1000 without the end, shifted, and the first is moved off 1 so that its
// logarithm exists. Timesteps are sigma * 1000 cut down to whole numbers, so the first one is 999.
UniPc::UniPc(const SchedulerConfig& config, const StepRequest& request) : config_(config) {
    if (config.prediction == Prediction::flow) {
        space_flow(request);
    } else {
        space_diffusion(request.steps);
    }
}

void UniPc::space_flow(const StepRequest& request) {
    const double train = config_.num_train_timesteps;
    std::vector<double> sigmas = request.sigmas;
    if (sigmas.empty()) {
        sigmas = linear_spacing(1.0, 1.0 / train, request.steps + 1);
        sigmas.pop_back();
    }
    if (!request.shifted || request.sigmas.empty()) {
        shift_flow(sigmas, config_, request.tokens);
    }
    constexpr double off_one = 1e-6;
    if (std::abs(sigmas.front() - 1) < off_one) {
        sigmas.front() -= off_one;
    }
    for (const double sigma : sigmas) {
        sigmas_.push_back(static_cast<float>(sigma));
        timesteps_.push_back(static_cast<float>(std::trunc(sigma * train)));
    }
    sigmas_.push_back(config_.final_sigma_zero ? 0.0F : sigmas_.back());
}

/// Spaced for one step more, whose last timestep is left out: the end is no step. Not so when trailing.
void UniPc::space_diffusion(int steps) {
    const DiffusionGrid grid(config_, ZeroAlpha::avoided);
    const bool trailing = config_.spacing == SchedulerConfig::Spacing::trailing;
    std::vector<double> times = grid.timesteps(trailing ? steps : steps + 1);
    times.resize(static_cast<std::size_t>(steps));
    for (const double t : times) {
        sigmas_.push_back(static_cast<float>(grid.sigma(t)));
        timesteps_.push_back(static_cast<float>(t));
    }
    sigmas_.push_back(config_.final_sigma_zero ? 0.0F : static_cast<float>(grid.sigma(0)));
}

NoiseLevel UniPc::level(std::size_t index) const {
    const double sigma = sigmas_.at(index);
    return config_.prediction == Prediction::flow ? NoiseLevel{1 - sigma, sigma} : level_of(sigma);
}

/// Logarithm of the signal-to-noise ratio, the solver's time.
double UniPc::lambda(std::size_t index) const {
    const NoiseLevel at = level(index);
    return std::log(at.alpha) - std::log(at.sigma);
}

at::Tensor UniPc::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    const NoiseLevel at = level(step);
    return clean * at.alpha + noise * at.sigma;
}

UniPc::Update UniPc::update(std::size_t from, int order) const {
    const double alpha = level(from + 1).alpha;
    const double h = lambda(from + 1) - lambda(from); // infinite on the way to sigma 0
    const double expm1 = std::expm1(-h);
    const double b_of_h = config_.bh1 ? -h : expm1;
    Update result;
    result.keep = level(from + 1).sigma / level(from).sigma;
    result.of_m0 = alpha * expm1;
    result.of_rest = alpha * b_of_h;
    for (int i = 1; i < order; ++i) {
        result.ratios.push_back((lambda(from - static_cast<std::size_t>(i)) - lambda(from)) / h);
    }
    double phi = expm1 / -h - 1;
    double factorial = 1;
    for (int i = 1; i <= order; ++i) {
        result.right.push_back(phi * factorial / b_of_h);
        factorial *= i + 1;
        phi = phi / -h - 1 / factorial;
    }
    return result;
}

at::Tensor UniPc::predict(const at::Tensor& sample, int order) const {
    const Update u = update(index_, order);
    const at::Tensor& m0 = x0s_.back();
    at::Tensor result = sample * u.keep - m0 * u.of_m0;
    if (order == 1) {
        return result;
    }
    std::vector<double> rho{0.5}; // order 2 is simplified (section 3.3 of the paper)
    if (order > 2) {
        std::vector<std::vector<double>> rows{std::vector<double>(u.ratios.size(), 1.0)};
        for (std::size_t power = 1; power < u.ratios.size(); ++power) {
            rows.push_back(u.ratios);
            std::transform(u.ratios.begin(), u.ratios.end(), rows.back().begin(), [&](double r) {
                return std::pow(r, power);
            });
        }
        rho = solve(std::move(rows), {u.right.begin(), u.right.end() - 1});
    }
    for (std::size_t k = 0; k < u.ratios.size(); ++k) {
        result -= (x0s_[x0s_.size() - 2 - k] - m0) * (u.of_rest * rho[k] / u.ratios[k]);
    }
    return result;
}

/// Takes the last prediction again, now that the model's estimate at its end is known.
at::Tensor UniPc::correct(const at::Tensor& x0, int order) const {
    const Update u = update(index_ - 1, order);
    const at::Tensor& m0 = x0s_.back();
    at::Tensor result = last_sample_ * u.keep - m0 * u.of_m0;
    std::vector<double> rho{0.5};
    if (order > 1) {
        std::vector<std::vector<double>> rows;
        for (int power = 0; power < order; ++power) {
            std::vector<double> row;
            for (const double r : u.ratios) {
                row.push_back(std::pow(r, power));
            }
            row.push_back(1.0);
            rows.push_back(std::move(row));
        }
        rho = solve(std::move(rows), u.right);
    }
    for (std::size_t k = 0; k < u.ratios.size(); ++k) {
        result -= (x0s_[x0s_.size() - 2 - k] - m0) * (u.of_rest * rho[k] / u.ratios[k]);
    }
    return result - (x0 - m0) * (u.of_rest * rho.back());
}

bool UniPc::corrects() const {
    const auto& off = config_.disable_corrector;
    return index_ > first_ && std::find(off.begin(), off.end(), static_cast<int>(index_) - 1) == off.end();
}

int UniPc::order_at(std::size_t index) const {
    const int order = std::min(config_.solver_order, static_cast<int>(index - first_) + 1);
    return config_.lower_order_final ? std::min(order, static_cast<int>(timesteps_.size() - index)) : order;
}

std::vector<at::Tensor> UniPc::memory() const {
    std::vector<at::Tensor> memory(x0s_.begin(), x0s_.end());
    memory.push_back(last_sample_);
    return memory;
}

void UniPc::go_on(std::size_t steps, std::vector<at::Tensor> memory) {
    const std::size_t x0s = std::min(steps - first_, static_cast<std::size_t>(config_.solver_order));
    if (steps <= first_ || steps > timesteps_.size() || memory.size() != x0s + 1) {
        throw Error(ErrorKind::user, "The checkpoint is of another solver.");
    }
    index_ = steps;
    order_ = order_at(steps - 1);
    last_sample_ = std::move(memory.back());
    memory.pop_back();
    x0s_.assign(memory.begin(), memory.end());
}

SchedulerStep UniPc::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const at::Tensor x0 = predicted_x0(config_.prediction, model_output, sample, level(index_));
    const at::Tensor current = corrects() ? correct(x0, order_) : sample;
    x0s_.push_back(x0);
    if (x0s_.size() > static_cast<std::size_t>(config_.solver_order)) {
        x0s_.pop_front();
    }
    order_ = order_at(index_);
    last_sample_ = current;
    SchedulerStep result{predict(current, order_), x0};
    ++index_;
    return result;
}

} // namespace rushes
