// The virtual buses as a process sees them that will be killed: from a chosen transfer on nothing gets
// through any more, and the kernel has closed what was open. The probe keeps whatever state it was in.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "transport/hid.hpp"
#include "transport/usb.hpp"

namespace probity {

// What of the last transfer still reaches the probe, where it goes outwards.
enum class LastTransfer { nothing, first_packets, all };

class Life {
 public:
  void end_after(std::uint64_t transfers, LastTransfer last) {
    left_ = transfers;
    last_ = last;
  }
  bool over() const { return over_; }
  std::uint64_t count() const { return count_; }
  LastTransfer last() const { return last_; }
  // True where this transfer is the one in which the process is killed.
  bool step() {
    if (over_) throw AdapterError("this process was killed");
    ++count_;
    over_ = --left_ == 0;
    return over_;
  }

 private:
  std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t count_ = 0;
  LastTransfer last_ = LastTransfer::all;
  bool over_ = false;
};

class MortalUsbBus final : public UsbBus {
 public:
  MortalUsbBus(UsbBus& bus, Life& life) : bus_(bus), life_(life) {}
  std::vector<UsbDeviceInfo> devices() override { return bus_.devices(); }
  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) override {
    if (life_.over()) throw AdapterError("this process was killed");
    return std::make_unique<Device>(bus_.open(info), life_);
  }

 private:
  class Device final : public UsbDevice {
   public:
    Device(std::unique_ptr<UsbDevice> device, Life& life) : device_(std::move(device)), life_(life) {}
    void claim(unsigned number) override { device_->claim(number); }
    void bulk_out(std::uint8_t endpoint, ByteView data, Milliseconds timeout) override {
      constexpr std::size_t kPacket = 64;
      if (!life_.step()) return device_->bulk_out(endpoint, data, timeout);
      const std::size_t part = data.size() / 2 / kPacket * kPacket;
      if (life_.last() == LastTransfer::all) device_->bulk_out(endpoint, data, timeout);
      if (life_.last() == LastTransfer::first_packets && part > 0) {
        device_->bulk_out(endpoint, data.first(part), timeout);
      }
      die();
    }
    Bytes bulk_in(std::uint8_t endpoint, std::size_t most, Milliseconds timeout) override {
      if (life_.step()) die();
      return device_->bulk_in(endpoint, most, timeout);
    }
    void interrupt_out(std::uint8_t, ByteView, Milliseconds) override { throw AdapterError("not used"); }
    Bytes interrupt_in(std::uint8_t, std::size_t, Milliseconds) override { throw AdapterError("not used"); }
    Bytes control(std::uint8_t, std::uint8_t, std::uint16_t, std::uint16_t, ByteView, std::size_t,
                  Milliseconds) override {
      throw AdapterError("not used");
    }
    void reset() override {
      if (life_.step()) die();
      device_->reset();
    }

   private:
    [[noreturn]] void die() {
      device_.reset();
      throw AdapterError("this process was killed");
    }
    std::unique_ptr<UsbDevice> device_;
    Life& life_;
  };

  UsbBus& bus_;
  Life& life_;
};

class MortalHidBus final : public HidBus {
 public:
  MortalHidBus(HidBus& bus, Life& life) : bus_(bus), life_(life) {}
  std::vector<HidDeviceInfo> devices() override { return bus_.devices(); }
  std::unique_ptr<HidDevice> open(const HidDeviceInfo& info) override {
    return std::make_unique<Device>(bus_.open(info), life_);
  }

 private:
  class Device final : public HidDevice {
   public:
    Device(std::unique_ptr<HidDevice> device, Life& life) : device_(std::move(device)), life_(life) {}
    void write(ByteView report) override {
      const bool last = life_.step();
      if (!last || life_.last() == LastTransfer::all) device_->write(report);
      if (last) die();
    }
    Bytes read(std::size_t most, Milliseconds timeout) override {
      if (life_.step()) die();
      return device_->read(most, timeout);
    }

   private:
    [[noreturn]] void die() {
      device_.reset();
      throw AdapterError("this process was killed");
    }
    std::unique_ptr<HidDevice> device_;
    Life& life_;
  };

  HidBus& bus_;
  Life& life_;
};

}  // namespace probity
